// Reads and writes blobs on a thread of its own, in the order of the requests.
//
// Threading: Load, Store, Check and the destructor must be called on the thread that created it;
// LoadNow is thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "controller/blobs/blob_store.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/io_thread.h"
#include "controller/runtime/mailbox.h"

namespace orrery::blobs {

class BlobIoThread final : public runtime::BlobIo {
 public:
  // Both references outlive this object. `bytes_max` limits the size of a blob that is read into
  // memory.
  BlobIoThread(const BlobStore& store, runtime::Mailbox& mailbox, std::uint64_t bytes_max);

  void Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) override;
  void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
             std::function<void(absl::Status)> done) override;
  void Check(std::vector<graph::BlobRef> blobs,
             std::function<void(std::vector<absl::Status>)> done) override;
  absl::StatusOr<std::string> LoadNow(const Digest& digest) override;

 private:
  const BlobStore& store_;
  const std::uint64_t bytes_max_;
  runtime::IoThread thread_;
};

}  // namespace orrery::blobs
