#include "controller/rpc/watch_call.h"

#include <utility>

#include "absl/status/statusor.h"
#include "controller/rpc/status.h"
#include "controller/rpc/workflow_codec.h"
#include "fmt/format.h"
#include "model/codec/workflow_codec.h"
#include "model/workflow.h"

namespace orrery::rpc {

WatchCall::WatchCall(const WatchEnvironment& environment, Method method)
    : environment_(environment), method_(method), writer_(&context_) {}

WatchCall::~WatchCall() {
  Unwatch();
  environment_.calls.Remove(*this);
  environment_.turn_end.Remove(*this);
}

void WatchCall::Await(const WatchEnvironment& environment, Method method) {
  const auto call = std::make_shared<WatchCall>(environment, method);
  call->in_queue_ = call;
  call->operations_ = 1;
  call->context_.AsyncNotifyWhenDone(static_cast<Tag*>(&call->gone_));
  auto* arrived = static_cast<Tag*>(&call->arrived_);
  if (method == Method::kWatch) {
    environment.service.RequestWatchWorkflow(&call->context_, &call->request_, &call->writer_,
                                             &environment.queue, &environment.queue, arrived);
  } else {
    environment.service.RequestRunWorkflow(&call->context_, &call->submission_, &call->writer_,
                                           &environment.queue, &environment.queue, arrived);
  }
}

void WatchCall::OnArrived(bool is_ok) {
  if (is_ok) {
    Await(environment_, method_);
    ++operations_;  // gRPC reports the end of a call that has arrived, and only of such.
    environment_.calls.Add(*this);
    Start();
  }
  Release();
}

void WatchCall::Start() {
  if (method_ == Method::kRun) return Submit();
  const absl::StatusOr<Uuid> workflow = Uuid::Parse(request_.workflow_id());
  if (!workflow.ok()) return Finish(workflow.status());
  Watch(*workflow);
}

void WatchCall::Submit() {
  absl::StatusOr<runtime::SubmitRequest> submission = FromProto(submission_, environment_.limits);
  if (!submission.ok()) return Finish(submission.status());
  submission_.Clear();
  environment_.controller.Submit(
      *std::move(submission),
      [self = shared_from_this()](const absl::StatusOr<runtime::Submitted>& submitted) {
        if (self->is_finished_) return;  // Nobody listens any more.
        if (!submitted.ok()) return self->Finish(submitted.status());
        self->Rest();
        self->Watch(submitted->id);
      });
}

void WatchCall::Watch(const Uuid& workflow) {
  workflow_ = workflow;
  watch_ = environment_.controller.views().Watch(workflow_,
                                                 [this] { environment_.turn_end.Add(*this); });
  environment_.turn_end.Add(*this);
}

void WatchCall::OnTurnEnd() {
  if (is_writing_ || is_finished_) return;
  const model::Workflow* workflow = environment_.controller.views().Find(workflow_);
  if (workflow == nullptr) {
    Finish(absl::NotFoundError(fmt::format("there is no workflow {}", workflow_.ToString())));
    return;
  }
  const bool is_running = !workflow->is_settled();
  if (is_running && is_resting_) return;
  // Not an order: a workflow that was deleted and submitted again counts anew.
  const std::uint64_t version = environment_.controller.views().VersionOf(workflow_);
  if (version_written_ == version) return;
  version_written_ = version;
  workflow::v1::WatchWorkflowResponse response;
  EncodeNow(environment_.controller, *workflow, environment_.limits, *response.mutable_workflow());
  if (const absl::Status status = CheckResponse(response); !status.ok()) return Finish(status);
  ++operations_;
  if (is_running) {
    is_writing_ = true;
    writer_.Write(response, static_cast<Tag*>(&written_));
    Rest();
    return;
  }
  is_finished_ = true;
  Unwatch();
  rest_.Cancel();
  writer_.WriteAndFinish(response, grpc::WriteOptions(), grpc::Status::OK,
                         static_cast<Tag*>(&finished_));
}

void WatchCall::OnWritten(bool is_ok) {
  is_writing_ = false;
  if (is_ok) environment_.turn_end.Add(*this);
  Release();
}

void WatchCall::Rest() {
  is_resting_ = true;
  ++operations_;
  const absl::Duration interval = environment_.limits.watch_interval;
  rest_.Set(&environment_.queue,
            gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                         gpr_time_from_millis(absl::ToInt64Milliseconds(interval), GPR_TIMESPAN)),
            static_cast<Tag*>(&rested_));
}

void WatchCall::OnRested(bool is_ok) {
  is_resting_ = false;
  if (is_ok) environment_.turn_end.Add(*this);
  Release();
}

void WatchCall::OnFinished(bool) { Release(); }

void WatchCall::OnGone(bool) {
  // Over, by us or by the client.
  is_finished_ = true;
  Unwatch();
  rest_.Cancel();
  environment_.calls.Remove(*this);
  Release();
}

void WatchCall::Finish(const absl::Status& status) {
  if (is_finished_) return;
  is_finished_ = true;
  Unwatch();
  rest_.Cancel();
  ++operations_;
  writer_.Finish(ToGrpcStatus(status), static_cast<Tag*>(&finished_));
}

void WatchCall::Unwatch() {
  if (!watch_.has_value()) return;
  environment_.controller.views().Unwatch(*watch_);
  watch_.reset();
}

void WatchCall::Release() {
  if (--operations_ > 0) return;
  const std::shared_ptr<WatchCall> self = std::exchange(in_queue_, nullptr);
}

}  // namespace orrery::rpc
