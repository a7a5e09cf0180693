// The workflow service: what people and programs ask of the controller.
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
  // The references outlive it.
  WorkflowRpcs(runtime::Controller& controller, Calls& calls, TurnEnd& turn_end, Limits limits);
  ~WorkflowRpcs();

  WorkflowRpcs(const WorkflowRpcs&) = delete;
  WorkflowRpcs& operator=(const WorkflowRpcs&) = delete;

  // To be registered with the server.
  grpc::Service& service();
  // Begins to take calls; once, when the server has started.
  void Start(grpc::ServerCompletionQueue& queue);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::rpc
