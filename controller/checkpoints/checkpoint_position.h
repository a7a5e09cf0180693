// The file `<root>/checkpoints/_written`: the LSN up to which the tree is written, and the boot of
// the machine.
//
// After a restart, only later events are written again; after a reboot all are, because the tree is
// not synced.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::checkpoints {

class CheckpointPosition {
 public:
  // Reads the position that an earlier process wrote in this boot; 0 if none did.
  explicit CheckpointPosition(const std::string& root);

  std::uint64_t value() const { return value_; }
  // Writes a position if it differs from value(). If the file cannot be written, a later call tries
  // again, and until then the next start takes longer.
  void Write(std::uint64_t lsn);

 private:
  const std::string path_;
  const std::string boot_;
  std::uint64_t value_ = 0;
};

}  // namespace orrery::checkpoints
