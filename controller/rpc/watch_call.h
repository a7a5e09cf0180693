// One WatchWorkflow call: sends the workflow now and after each change, until it settles. Or one
// RunWorkflow call, which submits the workflow first and sends no message for its initial state.
//
// At most one write is pending. After a message about progress, the next follows after
// Limits::watch_interval and has all changes since. The last message is sent at once.
//
// Threading: confined to the loop thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "base/uuid.h"
#include "controller/rpc/calls.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/tag.h"
#include "controller/rpc/turn_end.h"
#include "controller/runtime/controller.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/async_stream.h"
#include "orrery/workflow/v1/workflow_service.grpc.pb.h"

namespace orrery::rpc {

// All references must outlive the calls.
struct WatchEnvironment {
  workflow::v1::WorkflowService::AsyncService& service;
  grpc::ServerCompletionQueue& queue;
  runtime::Controller& controller;
  Calls& calls;
  TurnEnd& turn_end;
  const Limits& limits;
};

class WatchCall final : public Call,
                        public TurnEndListener,
                        public std::enable_shared_from_this<WatchCall> {
 public:
  enum class Method { kWatch, kRun };

  WatchCall(const WatchEnvironment& environment, Method method);
  ~WatchCall();

  // Accepts the next call, and then each one after it.
  static void Await(const WatchEnvironment& environment, Method method);

  void Stop(const absl::Status& status) override { Finish(status); }
  void OnTurnEnd() override;

 private:
  void OnArrived(bool is_ok);
  void OnWritten(bool is_ok);
  void OnRested(bool is_ok);
  void OnFinished(bool is_ok);
  void OnGone(bool is_ok);

  void Start();
  void Submit();
  void Watch(const Uuid& workflow);
  // Sends no message for Limits::watch_interval unless the workflow settles.
  void Rest();
  void Finish(const absl::Status& status);
  void Unwatch();
  // Counts one operation less in the queue. May delete the call.
  void Release();

  const WatchEnvironment environment_;
  const Method method_;
  grpc::ServerContext context_;
  workflow::v1::WatchWorkflowRequest request_;      // For kWatch.
  workflow::v1::SubmitWorkflowRequest submission_;  // For kRun.
  grpc::ServerAsyncWriter<workflow::v1::WatchWorkflowResponse> writer_;

  MemberTag<WatchCall, &WatchCall::OnArrived> arrived_{*this};
  MemberTag<WatchCall, &WatchCall::OnWritten> written_{*this};
  MemberTag<WatchCall, &WatchCall::OnRested> rested_{*this};
  MemberTag<WatchCall, &WatchCall::OnFinished> finished_{*this};
  MemberTag<WatchCall, &WatchCall::OnGone> gone_{*this};

  // Points to this object while the queue holds one of its tags, and keeps it alive.
  std::shared_ptr<WatchCall> in_queue_;
  int operations_ = 0;

  Uuid workflow_;
  std::optional<runtime::Views::WatchId> watch_;
  std::optional<std::uint64_t> version_written_;
  bool is_writing_ = false;
  grpc::Alarm rest_;
  bool is_resting_ = false;
  bool is_finished_ = false;  // No more messages are written.
};

}  // namespace orrery::rpc
