// The proof that two processes see the same storage root, each below the path that it knows.
//
// Equal paths or equal tokens prove nothing: a container may have a copy of the root, or another
// file system below its path. So one process makes a file where it would write blobs, and the other
// looks for it where it would read them.
//
//   <root>/blobs/tmp/proof.<name>     until the proof is taken or destroyed
//
// Threading: thread-compatible; calls block on the disk.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/random.h"

namespace orrery {

class StorageProof {
 public:
  // Makes the file below `root`. Errors: the root is not accessible, or cannot be written.
  static absl::StatusOr<StorageProof> Make(std::string_view root, Random& random);

  StorageProof(StorageProof&& other) noexcept;
  StorageProof& operator=(StorageProof&&) = delete;
  // Deletes the file, if it still exists.
  ~StorageProof();

  // Of the proof, to tell the other process: 32 hexadecimal digits.
  const std::string& name() const { return name_; }
  // The token of the root.
  const std::string& token() const { return token_; }

 private:
  StorageProof(std::string path, std::string name, std::string token);

  std::string path_;  // Empty after a move.
  std::string name_;
  std::string token_;
};

// Returns true if another process made the proof `name` below what is `root` here; deletes it.
bool TakeStorageProof(std::string_view root, std::string_view name);

}  // namespace orrery
