#include "worker_sdk/cpp/session/value_store.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "base/backoff.h"
#include "base/blob_layout.h"
#include "base/blob_writer.h"
#include "base/file.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

// To map costs a few system calls and page faults: smaller blobs are faster copied.
constexpr std::uint64_t kMappedBytesMin = 256 * 1024;

constexpr BackoffLimits kRetryDelays{.first = absl::Milliseconds(100), .max = absl::Seconds(10)};

// kCancelled: the controller ends a transfer that stands still.
bool IsWorthWaiting(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

// Calls until it succeeds, fails for good, or is cancelled.
template <class Call>
auto WaitForController(const CancellationToken& cancellation, const Call& call)
    -> decltype(call()) {
  SystemRandom random;
  Backoff backoff(kRetryDelays);
  while (true) {
    auto result = call();
    if (result.ok() || !IsWorthWaiting(result.status())) return result;
    if (cancellation.WaitFor(backoff.NextWithJitter(random))) {
      return absl::CancelledError(fmt::format("cancelled while waiting for the storage: {}",
                                              std::string(result.status().message())));
    }
  }
}

// A blob never changes and loses no byte while it is one, so it may be mapped.
absl::StatusOr<SharedBytes> ReadOrMap(const std::string& path, std::uint64_t size_bytes) {
  if (size_bytes >= kMappedBytesMin) return MapFile(path, size_bytes);
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, size_bytes));
  return SharedBytes(std::move(bytes));
}

}  // namespace

ValueStore::ValueStore(Options options)
    : options_(std::move(options)), client_({.address = options_.address}) {}

void ValueStore::Configure(Settings settings) {
  const MutexLock lock(mutex_);
  settings_ = std::move(settings);
}

ValueStore::Settings ValueStore::settings() const {
  const MutexLock lock(mutex_);
  return settings_;
}

absl::StatusOr<graph::ValuePtr> ValueStore::Load(graph::ValuePtr value,
                                                 const CancellationToken& cancellation) {
  if (value->is_inline()) return value;
  ASSIGN_OR_RETURN(SharedBytes bytes,
                   WaitForController(cancellation, [&] { return Read(value->blob()); }));
  return std::make_shared<const graph::Value>(
      graph::Value{std::move(bytes), value->media_type, value->type_name});
}

absl::StatusOr<graph::ValuePtr> ValueStore::Store(graph::ValuePtr value,
                                                  std::uint64_t inline_budget,
                                                  const CancellationToken& cancellation) {
  if (!value->is_inline()) return value;
  if (value->size_bytes() <= std::min(inline_budget, settings().inline_bytes_max)) return value;
  ASSIGN_OR_RETURN(const graph::BlobRef blob,
                   WaitForController(cancellation, [&] { return Write(value->bytes()); }));
  return std::make_shared<const graph::Value>(
      graph::Value{blob, value->media_type, value->type_name});
}

absl::StatusOr<SharedBytes> ValueStore::Fetch(const graph::BlobRef& blob) {
  ASSIGN_OR_RETURN(std::string bytes, client_.Read(blob));
  return SharedBytes(std::move(bytes));
}

absl::StatusOr<SharedBytes> ValueStore::Read(const graph::BlobRef& blob) {
  const std::string root = settings().storage_root;
  if (root.empty()) return Fetch(blob);
  const std::string path = BlobPath(root, blob.digest);
  absl::StatusOr<SharedBytes> found = ReadOrMap(path, blob.size_bytes);
  if (absl::IsPermissionDenied(found.status())) return Fetch(blob);
  ASSIGN_OR_RETURN(SharedBytes bytes, std::move(found));
  if (bytes.size() != blob.size_bytes) {
    return absl::DataLossError(fmt::format("blob {} should have {} bytes, but has {}", path,
                                           blob.size_bytes, bytes.size()));
  }
  return bytes;
}

absl::StatusOr<graph::BlobRef> ValueStore::Write(std::string_view bytes) {
  const Settings settings = this->settings();
  if (settings.storage_root.empty()) return client_.Write(bytes);
  const absl::StatusOr<Digest> digest = BlobWriter::WriteWhole({.root = settings.storage_root,
                                                                .owner = options_.owner,
                                                                .blob_bytes = {.max = bytes.size()},
                                                                .sync = settings.sync},
                                                               bytes);
  if (absl::IsPermissionDenied(digest.status())) return client_.Write(bytes);
  if (!digest.ok()) return digest.status();
  return graph::BlobRef{.digest = *digest, .size_bytes = bytes.size()};
}

}  // namespace orrery
