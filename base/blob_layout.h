// Where things are under a storage root, for everyone who sees that root: the controller, and
// workers that read and write blobs directly.
//
//   <root>/blobs/<first 2 hex digits>/<sha256 in hex>    a blob
//   <root>/blobs/tmp/<owner>.<random>                    a blob in the making
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

// The folder of a blob and the blob itself.
std::string BlobDirectory(std::string_view root, const Digest& digest);
std::string BlobPath(std::string_view root, const Digest& digest);
std::string BlobTemporaryDirectory(std::string_view root);

std::string StorageTokenPath(std::string_view root);
std::string CheckpointsPath(std::string_view root);

// The token of a root. kNotFound: this is no root, or not one that is seen here. kDataLoss: the
// file holds something else.
absl::StatusOr<std::string> ReadStorageToken(std::string_view root);

// The token of a root, made now if it has none. The file is readable by its owner only.
absl::StatusOr<std::string> EnsureStorageToken(std::string_view root, Random& random);

}  // namespace orrery
