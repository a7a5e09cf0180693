// The blob store as the gRPC edge and the runtime need it.
//
// Threading: BlobStoreAccess is thread-safe. BlobIoThread reads and writes on a thread of its own,
// in the order in which it was asked; Load, Store and the destructor belong to the thread that made
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/blob_writer.h"
#include "base/digest.h"
#include "controller/rpc/blob_access.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/io_thread.h"
#include "controller/runtime/mailbox.h"
#include "controller/storage/blob_store.h"

namespace orrery {

class BlobStoreAccess final : public rpc::BlobAccess {
 public:
  // `store` outlives it.
  explicit BlobStoreAccess(const storage::BlobStore& store) : store_(store) {}

  absl::StatusOr<std::uint64_t> Size(const Digest& digest) override {
    store_.Renew(digest);
    return store_.Size(digest);
  }
  std::string Path(const Digest& digest) override { return store_.Path(digest); }
  absl::StatusOr<BlobWriter> NewWriter(std::uint64_t bytes_max) override {
    return store_.NewWriter(bytes_max);
  }

 private:
  const storage::BlobStore& store_;
};

class BlobIoThread final : public runtime::BlobIo {
 public:
  // Both outlive it. `bytes_max` bounds what is read into memory.
  BlobIoThread(const storage::BlobStore& store, runtime::Mailbox& mailbox, std::uint64_t bytes_max);

  void Load(const Digest& digest, std::function<void(absl::StatusOr<std::string>)> done) override;
  void Store(const Digest& digest, std::shared_ptr<const std::string> bytes,
             std::function<void(absl::Status)> done) override;
  absl::StatusOr<std::string> LoadNow(const Digest& digest) override;

 private:
  const storage::BlobStore& store_;
  const std::uint64_t bytes_max_;
  runtime::IoThread thread_;
};

}  // namespace orrery
