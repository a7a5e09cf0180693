// Implements grpc.health.v1.Health, for supervisors and load balancers.
//
// Answers on the loop, so that nothing but the loop itself can keep it from answering. Does not use
// gRPC's implementation, which runs on threads of its callback API. Does not implement Watch, which
// the protocol allows.
//
// Threading: confined to the loop thread.
#pragma once

#include <memory>

#include "controller/rpc/calls.h"

namespace grpc {
class ServerCompletionQueue;
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Responds SERVING to every call: the server accepts calls only while the controller works.
class HealthService {
 public:
  // Requires: `calls` outlives the service.
  explicit HealthService(Calls& calls);
  ~HealthService();

  HealthService(const HealthService&) = delete;
  HealthService& operator=(const HealthService&) = delete;

  // Returns the service to register with the server.
  grpc::Service& service();
  // Starts to accept calls. Call once, when the server has started.
  void Start(grpc::ServerCompletionQueue& queue);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::rpc
