// Transfers large values to and from the controller's blob service, on its own connection.
//
// Threading: thread-safe. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "graph/value.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace orrery::rpc {

struct BlobClientOptions {
  std::string address;
  // The timeout of a call; each MB of its blob adds 1 s.
  absl::Duration call_timeout = absl::Seconds(30);
  // How long a transfer is retried, from its start, while the controller is unavailable: it may
  // have too many others.
  absl::Duration retry_timeout = absl::ZeroDuration();
};

// As many transfers run at a time as the controller grants to one connection; others wait.
//
// Errors of every call: kUnavailable and kDeadlineExceeded; retry.
class BlobClient {
 public:
  using ByteSink = std::function<absl::Status(std::string_view)>;

  // Connects at the first call.
  explicit BlobClient(BlobClientOptions options);
  BlobClient(const BlobClient&) = delete;
  BlobClient& operator=(const BlobClient&) = delete;
  ~BlobClient();

  // Calls `sink` with each piece of the blob, in order.
  //
  // Errors: kNotFound if there is no such blob; kDataLoss if the received bytes have another digest
  // or size; an error of `sink`, which ends the transfer.
  absl::Status Read(const graph::BlobRef& blob, const ByteSink& sink);
  absl::StatusOr<std::string> Read(const graph::BlobRef& blob);

  // Returns when the bytes are durable at the controller.
  //
  // Errors: kResourceExhausted if the blob is larger than the controller's limit, or its disk is
  // full.
  absl::StatusOr<graph::BlobRef> Write(std::string_view bytes);
  // Same as Write, but asks first, in a call of its own, if the controller has the blob already.
  absl::StatusOr<graph::BlobRef> WriteIfMissing(std::string_view bytes);

 private:
  // The bytes of a blob that have arrived, of one call or of several.
  struct Received {
    Sha256Stream digest;
    std::uint64_t size_bytes = 0;
  };

  // Calls `transfer` until it ends with another code than kUnavailable, or the retries expire.
  absl::Status Transfer(const std::function<absl::Status()>& transfer) EXCLUDES(mutex_);
  // One call, which begins where `received` ends.
  absl::Status ReadRest(const graph::BlobRef& blob, const ByteSink& sink, Received& received);
  absl::Status Send(const graph::BlobRef& blob, std::string_view bytes);
  absl::Status SendOnce(const graph::BlobRef& blob, std::string_view bytes);
  absl::StatusOr<bool> IsStored(const graph::BlobRef& blob);
  std::shared_ptr<grpc::Channel> channel() EXCLUDES(mutex_);
  absl::Time DeadlineFor(std::uint64_t size_bytes) const;

  const BlobClientOptions options_;
  Mutex mutex_;
  CondVar changed_;
  int transfers_ GUARDED_BY(mutex_) = 0;
  // Shared because gRPC returns channels as shared pointers.
  std::shared_ptr<grpc::Channel> channel_ GUARDED_BY(mutex_);
};

}  // namespace orrery::rpc
