// The paths under a storage root, for every process that has access to it: the controller, and
// workers that read and write blobs directly.
//
//   <root>/blobs/<first 2 hex digits>/<sha256 in hex>    a blob
//   <root>/blobs/tmp/<owner>.<random>                    a blob in the making
//   <root>/blobs/tmp/proof.<random>                      a worker's proof (storage_proof.h)
//   <root>/storage_token                                 32 hex digits that prove the root is seen
//   <root>/checkpoints/<workflow>/...                    the checkpoint tree
//
// Threading: functions without state; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "base/random.h"

namespace orrery {

// Return the folder of a blob, and the blob's path.
std::string BlobDirectory(std::string_view root, const Digest& digest);
std::string BlobPath(std::string_view root, const Digest& digest);
std::string BlobTemporaryDirectory(std::string_view root);

std::string StorageTokenPath(std::string_view root);
std::string CheckpointsPath(std::string_view root);

// Returns the token of a root.
//
// Errors: kNotFound if `root` is not a storage root, or not accessible from here; kDataLoss if the
// token file is malformed.
absl::StatusOr<std::string> ReadStorageToken(std::string_view root);

// Returns the token of a root; creates a missing one. Only the owner can read the file.
absl::StatusOr<std::string> EnsureStorageToken(std::string_view root, Random& random);

}  // namespace orrery
