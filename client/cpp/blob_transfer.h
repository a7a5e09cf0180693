// Large values, to and from the controller's blob service, on a connection of their own.
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

  // Connects when it is first used. `call_timeout` bounds the wait for the first byte and, together
  // with the size, the whole transfer.
  BlobTransfer(std::string address, absl::Duration call_timeout);
  BlobTransfer(const BlobTransfer&) = delete;
  BlobTransfer& operator=(const BlobTransfer&) = delete;
  ~BlobTransfer();

  // kNotFound: no such blob. kDataLoss: what came has another digest or size.
  absl::Status Read(const graph::BlobRef& blob, const ByteSink& sink);

  // Returns when the controller cannot lose the bytes; at once if it has them.
  absl::StatusOr<graph::BlobRef> Write(std::string_view bytes);

 private:
  absl::StatusOr<bool> IsStored(const graph::BlobRef& blob);
  const std::shared_ptr<grpc::Channel>& channel();
  absl::Time DeadlineFor(std::uint64_t size_bytes) const;

  const std::string address_;
  const absl::Duration call_timeout_;
  // gRPC hands channels out as shared pointers.
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace orrery::client
