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
#include "base/mutex.h"
#include "graph/value.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace orrery::rpc {

// Errors of every call: kUnavailable and kDeadlineExceeded; retry.
class BlobClient {
 public:
  using ByteSink = std::function<absl::Status(std::string_view)>;

  // Connects at the first call. The timeout of a call is `call_timeout` and 1 s for each MB of the
  // blob.
  explicit BlobClient(std::string address, absl::Duration call_timeout = absl::Seconds(30));
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
  absl::Status Send(const graph::BlobRef& blob, std::string_view bytes);
  absl::StatusOr<bool> IsStored(const graph::BlobRef& blob);
  std::shared_ptr<grpc::Channel> channel() EXCLUDES(mutex_);
  absl::Time DeadlineFor(std::uint64_t size_bytes) const;

  const std::string address_;
  const absl::Duration call_timeout_;
  Mutex mutex_;
  // Shared because gRPC returns channels as shared pointers.
  std::shared_ptr<grpc::Channel> channel_ GUARDED_BY(mutex_);
};

}  // namespace orrery::rpc
