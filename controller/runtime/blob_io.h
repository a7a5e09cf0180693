// How the controller gets the bytes of a large value that it must look into, and keeps those of one
// that it made.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/digest.h"

namespace orrery::runtime {

class BlobIo {
 public:
  virtual ~BlobIo() = default;

  // Reads on another thread and posts `done` to the loop, exactly once, never before returning.
  virtual void Load(const Digest& digest,
                    std::function<void(absl::StatusOr<std::string>)> done) = 0;

  // Writes on another thread and posts `done` likewise; whoever loads the blob later finds it.
  // Does nothing if it is there already. `digest` is that of the bytes.
  virtual void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                     std::function<void(absl::Status)> done) = 0;

  // Reads now, on the calling thread, which may be any: for the replay, before anybody waits, and
  // for threads on which nobody does.
  virtual absl::StatusOr<std::string> LoadNow(const Digest& digest) = 0;
};

}  // namespace orrery::runtime
