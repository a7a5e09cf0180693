// Transfers large values to and from the controller's blob service, on a connection of its own.
//
// Threading: thread-compatible. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "graph/value.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace orrery::client {

class BlobTransfer {
 public:
  using ByteSink = std::function<absl::Status(std::string_view)>;

  // Connects at the first transfer. `call_timeout` limits the wait for the first byte and, together
  // with the size, the whole transfer.
  BlobTransfer(std::string address, absl::Duration call_timeout);
  BlobTransfer(const BlobTransfer&) = delete;
  BlobTransfer& operator=(const BlobTransfer&) = delete;
  ~BlobTransfer();

  // Errors: kNotFound if the blob does not exist; kDataLoss if the received bytes have another
  // digest or size.
  absl::Status Read(const graph::BlobRef& blob, const ByteSink& sink);

  // Returns when the bytes are durable; at once if the controller has them already.
  absl::StatusOr<graph::BlobRef> Write(std::string_view bytes);

 private:
  absl::StatusOr<bool> IsStored(const graph::BlobRef& blob);
  const std::shared_ptr<grpc::Channel>& channel();
  absl::Time DeadlineFor(std::uint64_t size_bytes) const;

  const std::string address_;
  const absl::Duration call_timeout_;
  // Shared: gRPC returns channels as shared pointers.
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace orrery::client
