// Where the bytes of large values come from and go to.
//
// The worker sees the storage root, or it does not; the controller's Welcome says which, and may
// say something else after a restart. With the root, large values are mapped instead of read; files
// that the worker may not read or write are streamed. A
// controller that cannot be reached is waited for: a result is never lost because its controller
// was away.
//
// Threading: thread-safe. Calls block.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/shared_bytes.h"
#include "graph/value.h"
#include "rpc/blob_client.h"
#include "worker_sdk/cpp/cancellation.h"

namespace orrery {

class ValueStore {
 public:
  struct Options {
    // The controller, for a worker without the storage root.
    std::string address;
    // First part of the names of unfinished files.
    std::string owner;
  };

  explicit ValueStore(Options options);
  ValueStore(const ValueStore&) = delete;
  ValueStore& operator=(const ValueStore&) = delete;

  // Terms of the session, from the Welcome.
  struct Settings {
    // Empty if the worker cannot read it.
    std::string storage_root;
    std::uint64_t inline_bytes_max = graph::kInlineValueBytes.max;
    // For blobs that are written in the root.
    Sync sync = Sync::kSync;
  };

  void Configure(Settings settings);

  // The value with its bytes inline. Waits for the controller until it is cancelled.
  // kNotFound, kDataLoss: the blob is not there, or not what it was. kCancelled.
  absl::StatusOr<graph::ValuePtr> Load(graph::ValuePtr value,
                                       const CancellationToken& cancellation);

  // The value as it may travel: as it is up to `inline_budget` and the inline limit, else a blob.
  // Waits for the controller until it is cancelled.
  absl::StatusOr<graph::ValuePtr> Store(graph::ValuePtr value, std::uint64_t inline_budget,
                                        const CancellationToken& cancellation);

 private:
  Settings settings() const;
  // Reads a blob from the controller.
  absl::StatusOr<SharedBytes> Fetch(const graph::BlobRef& blob);
  absl::StatusOr<SharedBytes> Read(const graph::BlobRef& blob);
  absl::StatusOr<graph::BlobRef> Write(std::string_view bytes);

  const Options options_;
  rpc::BlobClient client_;
  mutable Mutex mutex_;
  Settings settings_ GUARDED_BY(mutex_);
};

}  // namespace orrery
