// Large values through the controller's blob service, on a connection of its own: for workers that
// do not see the storage.
//
// Threading: thread-safe. Calls block.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "graph/value.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace orrery {

class BlobClient {
 public:
  // Connects when it is first used.
  explicit BlobClient(std::string address) : address_(std::move(address)) {}
  BlobClient(const BlobClient&) = delete;
  BlobClient& operator=(const BlobClient&) = delete;

  // kNotFound: no such blob. kDataLoss: what came is not what the digest says. kUnavailable,
  // kDeadlineExceeded: try again.
  absl::StatusOr<std::string> Read(const graph::BlobRef& blob);

  // Returns when the controller cannot lose the bytes. kResourceExhausted: larger than it allows,
  // or its disk is full. kUnavailable, kDeadlineExceeded: try again.
  absl::StatusOr<graph::BlobRef> Write(std::string_view bytes);

 private:
  std::shared_ptr<grpc::Channel> channel();

  const std::string address_;
  Mutex mutex_;
  // gRPC hands channels out as shared pointers.
  std::shared_ptr<grpc::Channel> channel_ GUARDED_BY(mutex_);
};

}  // namespace orrery
