// The blob store, as the blob service uses it.
//
// Threading: thread-safe; calls block on the disk.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "base/blob_writer.h"
#include "base/digest.h"

namespace orrery::rpc {

class BlobAccess {
 public:
  virtual ~BlobAccess() = default;

  // Returns the size of a blob, and protects the blob from garbage collection for the blob grace.
  //
  // Errors: kNotFound if the blob does not exist.
  virtual absl::StatusOr<std::uint64_t> Size(const Digest& digest) = 0;
  // Returns the path of the blob, whether or not it exists.
  virtual std::string Path(const Digest& digest) = 0;
  // Errors: kResourceExhausted if there is no space, or `bytes_max` is over the limit.
  virtual absl::StatusOr<BlobWriter> NewWriter(std::uint64_t bytes_max) = 0;
};

}  // namespace orrery::rpc
