// Loads and stores the bytes of large values for the controller.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "graph/value.h"

namespace orrery::runtime {

class BlobIo {
 public:
  virtual ~BlobIo() = default;

  // Reads on another thread and posts `done` to the loop, exactly once, never before returning.
  virtual void Load(const Digest& digest,
                    std::function<void(absl::StatusOr<std::string>)> done) = 0;

  // Writes on another thread and posts `done` in the same way. Later loads find the blob. Does
  // nothing if the blob exists. Requires: `digest` is the digest of `bytes`.
  virtual void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
                     std::function<void(absl::Status)> done) = 0;

  // Compares the blobs with their files on another thread, and posts `done` in the same way, with
  // one status for each: kNotFound if it does not exist, kDataLoss if its length differs.
  virtual void Check(std::vector<graph::BlobRef> blobs,
                     std::function<void(std::vector<absl::Status>)> done) = 0;

  // Reads on the calling thread, which may be any thread. For the replay, and for threads that may
  // block.
  virtual absl::StatusOr<std::string> LoadNow(const Digest& digest) = 0;
};

}  // namespace orrery::runtime
