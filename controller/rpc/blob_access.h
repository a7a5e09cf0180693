// What the blob service needs of the blob store.
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

  // kNotFound: no such blob. One that is there is not removed before who asked can refer to it.
  virtual absl::StatusOr<std::uint64_t> Size(const Digest& digest) = 0;
  // Where the blob is, or would be.
  virtual std::string Path(const Digest& digest) = 0;
  // kResourceExhausted: no space, or no blob may be so large.
  virtual absl::StatusOr<BlobWriter> NewWriter(std::uint64_t bytes_max) = 0;
};

}  // namespace orrery::rpc
