// The workflow service: handles the requests of clients.
//
// Threading: confined to the loop thread.
#pragma once

#include <memory>

#include "controller/rpc/calls.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/turn_end.h"
#include "controller/runtime/controller.h"

namespace grpc {
class ServerCompletionQueue;
class Service;
}  // namespace grpc

namespace orrery::rpc {

class WorkflowRpcs {
 public:
  // Requires: the references outlive this object.
  WorkflowRpcs(runtime::Controller& controller, Calls& calls, TurnEnd& turn_end, Limits limits);
  ~WorkflowRpcs();

  WorkflowRpcs(const WorkflowRpcs&) = delete;
  WorkflowRpcs& operator=(const WorkflowRpcs&) = delete;

  // Returns the service to register with the server.
  grpc::Service& service();
  // Starts to accept calls. Call once, when the server has started.
  void Start(grpc::ServerCompletionQueue& queue);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::rpc
