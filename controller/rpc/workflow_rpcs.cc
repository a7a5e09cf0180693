#include "controller/rpc/workflow_rpcs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "controller/rpc/unary_call.h"
#include "controller/rpc/watch_call.h"
#include "controller/rpc/workflow_codec.h"
#include "fmt/format.h"
#include "graph/codec/value_codec.h"
#include "graph/name.h"
#include "grpcpp/completion_queue.h"
#include "model/codec/workflow_codec.h"
#include "model/explanation.h"
#include "model/rerun_plan.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "orrery/workflow/v1/workflow_service.grpc.pb.h"

namespace orrery::rpc {
namespace {

namespace workflow_proto = orrery::workflow::v1;

}  // namespace

class WorkflowRpcs::Impl {
 public:
  Impl(runtime::Controller& controller, Calls& calls, TurnEnd& turn_end, Limits limits)
      : controller_(controller), calls_(calls), turn_end_(turn_end), limits_(limits) {}

  grpc::Service& service() { return service_; }

  void Start(grpc::ServerCompletionQueue& queue);

 private:
  using Service = workflow_proto::WorkflowService::AsyncService;
  template <class Response>
  using Done = std::function<void(absl::StatusOr<Response>)>;
  template <class Request, class Response>
  using Requester = void (Service::*)(grpc::ServerContext*, Request*,
                                      grpc::ServerAsyncResponseWriter<Response>*,
                                      grpc::CompletionQueue*, grpc::ServerCompletionQueue*, void*);

  // Serves one method with one of the handlers below.
  template <class Request, class Response>
  void Serve(grpc::ServerCompletionQueue& queue, Requester<Request, Response> request,
             void (Impl::*handle)(const Request&, const Done<Response>&));

  void Submit(const workflow_proto::SubmitWorkflowRequest& request,
              const Done<workflow_proto::SubmitWorkflowResponse>& done);
  void Get(const workflow_proto::GetWorkflowRequest& request,
           const Done<workflow_proto::GetWorkflowResponse>& done);
  void List(const workflow_proto::ListWorkflowsRequest& request,
            const Done<workflow_proto::ListWorkflowsResponse>& done);
  void Cancel(const workflow_proto::CancelWorkflowRequest& request,
              const Done<workflow_proto::CancelWorkflowResponse>& done);
  void Pause(const workflow_proto::PauseWorkflowRequest& request,
             const Done<workflow_proto::PauseWorkflowResponse>& done);
  void Unpause(const workflow_proto::UnpauseWorkflowRequest& request,
               const Done<workflow_proto::UnpauseWorkflowResponse>& done);
  // Answers with a message that has nothing to say, or with the error.
  template <class Response>
  static std::function<void(absl::Status)> Empty(const Done<Response>& done) {
    return [done](const absl::Status& status) {
      if (status.ok()) {
        done(Response());
      } else {
        done(status);
      }
    };
  }
  void Explain(const workflow_proto::ExplainWorkflowRequest& request,
               const Done<workflow_proto::ExplainWorkflowResponse>& done);
  void Resume(const workflow_proto::ResumeWorkflowRequest& request,
              const Done<workflow_proto::ResumeWorkflowResponse>& done);
  void Rerun(const workflow_proto::RerunWorkflowRequest& request,
             const Done<workflow_proto::RerunWorkflowResponse>& done);
  // The answer to a dry run.
  template <class Response>
  void Plan(const runtime::Rerun& rerun, const Done<Response>& done);
  void ReadOutput(const workflow_proto::ReadOutputRequest& request,
                  const Done<workflow_proto::ReadOutputResponse>& done);
  void ListOutputs(const workflow_proto::ListOutputsRequest& request,
                   const Done<workflow_proto::ListOutputsResponse>& done);
  void GetTrace(const workflow_proto::GetTraceRequest& request,
                const Done<workflow_proto::GetTraceResponse>& done);
  void ListWorkers(const workflow_proto::ListWorkersRequest& request,
                   const Done<workflow_proto::ListWorkersResponse>& done);
  void DrainWorkers(const workflow_proto::DrainWorkersRequest& request,
                    const Done<workflow_proto::DrainWorkersResponse>& done);

  absl::StatusOr<const model::Workflow*> Find(const std::string& id) const;
  absl::StatusOr<graph::ValuePtr> FindOutput(
      const workflow_proto::ReadOutputRequest& request) const;

  runtime::Controller& controller_;
  Calls& calls_;
  TurnEnd& turn_end_;
  const Limits limits_;
  Service service_;
};

template <class Request, class Response>
void WorkflowRpcs::Impl::Serve(grpc::ServerCompletionQueue& queue,
                               Requester<Request, Response> request,
                               void (Impl::*handle)(const Request&, const Done<Response>&)) {
  using One = UnaryCall<Request, Response>;
  One::Await(std::make_shared<const typename One::Method>(typename One::Method{
      .await =
          [this, &queue, request](grpc::ServerContext& context, Request& message,
                                  typename One::Writer& writer, Tag* tag) {
            (service_.*request)(&context, &message, &writer, &queue, &queue, tag);
          },
      .handle = [this, handle](const Request& message,
                               const Done<Response>& done) { (this->*handle)(message, done); },
      .calls = calls_}));
}

void WorkflowRpcs::Impl::Start(grpc::ServerCompletionQueue& queue) {
  Serve<workflow_proto::SubmitWorkflowRequest, workflow_proto::SubmitWorkflowResponse>(
      queue, &Service::RequestSubmitWorkflow, &Impl::Submit);
  Serve<workflow_proto::GetWorkflowRequest, workflow_proto::GetWorkflowResponse>(
      queue, &Service::RequestGetWorkflow, &Impl::Get);
  Serve<workflow_proto::ListWorkflowsRequest, workflow_proto::ListWorkflowsResponse>(
      queue, &Service::RequestListWorkflows, &Impl::List);
  Serve<workflow_proto::CancelWorkflowRequest, workflow_proto::CancelWorkflowResponse>(
      queue, &Service::RequestCancelWorkflow, &Impl::Cancel);
  Serve<workflow_proto::PauseWorkflowRequest, workflow_proto::PauseWorkflowResponse>(
      queue, &Service::RequestPauseWorkflow, &Impl::Pause);
  Serve<workflow_proto::UnpauseWorkflowRequest, workflow_proto::UnpauseWorkflowResponse>(
      queue, &Service::RequestUnpauseWorkflow, &Impl::Unpause);
  Serve<workflow_proto::ExplainWorkflowRequest, workflow_proto::ExplainWorkflowResponse>(
      queue, &Service::RequestExplainWorkflow, &Impl::Explain);
  Serve<workflow_proto::ResumeWorkflowRequest, workflow_proto::ResumeWorkflowResponse>(
      queue, &Service::RequestResumeWorkflow, &Impl::Resume);
  Serve<workflow_proto::RerunWorkflowRequest, workflow_proto::RerunWorkflowResponse>(
      queue, &Service::RequestRerunWorkflow, &Impl::Rerun);
  Serve<workflow_proto::ReadOutputRequest, workflow_proto::ReadOutputResponse>(
      queue, &Service::RequestReadOutput, &Impl::ReadOutput);
  Serve<workflow_proto::ListOutputsRequest, workflow_proto::ListOutputsResponse>(
      queue, &Service::RequestListOutputs, &Impl::ListOutputs);
  Serve<workflow_proto::GetTraceRequest, workflow_proto::GetTraceResponse>(
      queue, &Service::RequestGetTrace, &Impl::GetTrace);
  Serve<workflow_proto::ListWorkersRequest, workflow_proto::ListWorkersResponse>(
      queue, &Service::RequestListWorkers, &Impl::ListWorkers);
  Serve<workflow_proto::DrainWorkersRequest, workflow_proto::DrainWorkersResponse>(
      queue, &Service::RequestDrainWorkers, &Impl::DrainWorkers);
  const WatchEnvironment watch{.service = service_,
                               .queue = queue,
                               .controller = controller_,
                               .calls = calls_,
                               .turn_end = turn_end_,
                               .limits = limits_};
  WatchCall::Await(watch, WatchCall::Method::kWatch);
  WatchCall::Await(watch, WatchCall::Method::kRun);
}

void WorkflowRpcs::Impl::Submit(const workflow_proto::SubmitWorkflowRequest& request,
                                const Done<workflow_proto::SubmitWorkflowResponse>& done) {
  absl::StatusOr<runtime::SubmitRequest> submission = FromProto(request, limits_);
  if (!submission.ok()) {
    done(submission.status());
    return;
  }
  controller_.Submit(*std::move(submission), [done](absl::StatusOr<runtime::Submitted> submitted) {
    if (!submitted.ok()) {
      done(submitted.status());
      return;
    }
    workflow_proto::SubmitWorkflowResponse response;
    response.set_workflow_id(submitted->id.ToString());
    response.set_already_submitted(submitted->already_submitted);
    done(std::move(response));
  });
}

void WorkflowRpcs::Impl::Get(const workflow_proto::GetWorkflowRequest& request,
                             const Done<workflow_proto::GetWorkflowResponse>& done) {
  const absl::StatusOr<const model::Workflow*> workflow = Find(request.workflow_id());
  if (!workflow.ok()) {
    done(workflow.status());
    return;
  }
  workflow_proto::GetWorkflowResponse response;
  EncodeNow(controller_, **workflow, limits_, *response.mutable_workflow());
  done(std::move(response));
}

void WorkflowRpcs::Impl::List(const workflow_proto::ListWorkflowsRequest& request,
                              const Done<workflow_proto::ListWorkflowsResponse>& done) {
  const std::uint64_t size =
      request.page_size() == 0 ? limits_.page_size_default : request.page_size();
  const absl::StatusOr<runtime::Views::Page> page =
      controller_.views().List(std::min(size, limits_.page_size.max), request.page_token());
  if (!page.ok()) {
    done(page.status());
    return;
  }
  workflow_proto::ListWorkflowsResponse response;
  response.set_next_page_token(page->next_token);
  Budget budget(limits_.page_bytes);
  for (const model::Workflow* workflow : page->workflows) {
    model::ToListEntry(*workflow, *response.add_workflows());
    budget.Spend(response.workflows().rbegin()->ByteSizeLong());
    if (budget.is_spent() && workflow != page->workflows.back()) {
      response.set_next_page_token(controller_.views().TokenAfter(workflow->id));
      break;
    }
  }
  done(std::move(response));
}

void WorkflowRpcs::Impl::Cancel(const workflow_proto::CancelWorkflowRequest& request,
                                const Done<workflow_proto::CancelWorkflowResponse>& done) {
  absl::StatusOr<runtime::Cancellation> cancellation = FromProto(request, limits_);
  if (!cancellation.ok()) {
    done(cancellation.status());
    return;
  }
  controller_.Cancel(*std::move(cancellation), Empty(done));
}

void WorkflowRpcs::Impl::Pause(const workflow_proto::PauseWorkflowRequest& request,
                               const Done<workflow_proto::PauseWorkflowResponse>& done) {
  const absl::StatusOr<Uuid> id = Uuid::Parse(request.workflow_id());
  if (!id.ok()) {
    done(id.status());
    return;
  }
  controller_.Pause(*id, /*is_paused=*/true, Empty(done));
}

void WorkflowRpcs::Impl::Unpause(const workflow_proto::UnpauseWorkflowRequest& request,
                                 const Done<workflow_proto::UnpauseWorkflowResponse>& done) {
  const absl::StatusOr<Uuid> id = Uuid::Parse(request.workflow_id());
  if (!id.ok()) {
    done(id.status());
    return;
  }
  controller_.Pause(*id, /*is_paused=*/false, Empty(done));
}

void WorkflowRpcs::Impl::Explain(const workflow_proto::ExplainWorkflowRequest& request,
                                 const Done<workflow_proto::ExplainWorkflowResponse>& done) {
  const absl::StatusOr<const model::Workflow*> workflow = Find(request.workflow_id());
  if (!workflow.ok()) {
    done(workflow.status());
    return;
  }
  absl::StatusOr<std::optional<graph::Location>> location = LocationFromProto(request.location());
  if (!location.ok()) {
    done(location.status());
    return;
  }
  controller_.Explain((*workflow)->id, *std::move(location),
                      [this, done](const absl::StatusOr<model::Explanation>& explanation) {
                        if (!explanation.ok()) return done(explanation.status());
                        workflow_proto::ExplainWorkflowResponse response;
                        model::ToProto(*explanation, limits_.page_bytes, response);
                        done(std::move(response));
                      });
}

template <class Response>
void WorkflowRpcs::Impl::Plan(const runtime::Rerun& rerun, const Done<Response>& done) {
  controller_.Plan(rerun, [this, done](const absl::StatusOr<model::RerunPlan>& plan) {
    if (!plan.ok()) {
      done(plan.status());
      return;
    }
    Response response;
    model::ToProto(*plan, limits_.page_bytes, *response.mutable_plan());
    done(std::move(response));
  });
}

void WorkflowRpcs::Impl::Resume(const workflow_proto::ResumeWorkflowRequest& request,
                                const Done<workflow_proto::ResumeWorkflowResponse>& done) {
  absl::StatusOr<runtime::Rerun> rerun = FromProto(request);
  if (!rerun.ok()) {
    done(rerun.status());
    return;
  }
  if (request.dry_run()) {
    Plan<workflow_proto::ResumeWorkflowResponse>(*rerun, done);
    return;
  }
  controller_.Run(*std::move(rerun), [done](const absl::StatusOr<runtime::Submitted>& submitted) {
    if (submitted.ok()) {
      done(workflow_proto::ResumeWorkflowResponse());
    } else {
      done(submitted.status());
    }
  });
}

void WorkflowRpcs::Impl::Rerun(const workflow_proto::RerunWorkflowRequest& request,
                               const Done<workflow_proto::RerunWorkflowResponse>& done) {
  absl::StatusOr<runtime::Rerun> rerun = FromProto(request);
  if (!rerun.ok()) {
    done(rerun.status());
    return;
  }
  if (request.dry_run()) {
    Plan<workflow_proto::RerunWorkflowResponse>(*rerun, done);
    return;
  }
  controller_.Run(*std::move(rerun), [done](const absl::StatusOr<runtime::Submitted>& submitted) {
    if (!submitted.ok()) {
      done(submitted.status());
      return;
    }
    workflow_proto::RerunWorkflowResponse response;
    response.set_workflow_id(submitted->id.ToString());
    done(std::move(response));
  });
}

void WorkflowRpcs::Impl::ReadOutput(const workflow_proto::ReadOutputRequest& request,
                                    const Done<workflow_proto::ReadOutputResponse>& done) {
  const absl::StatusOr<graph::ValuePtr> value = FindOutput(request);
  if (!value.ok()) {
    done(value.status());
    return;
  }
  workflow_proto::ReadOutputResponse response;
  graph::ToProto(**value, *response.mutable_value());
  done(std::move(response));
}

void WorkflowRpcs::Impl::ListOutputs(const workflow_proto::ListOutputsRequest& request,
                                     const Done<workflow_proto::ListOutputsResponse>& done) {
  const absl::StatusOr<const model::Workflow*> workflow = Find(request.workflow_id());
  if (!workflow.ok()) return done(workflow.status());
  workflow_proto::ListOutputsResponse response;
  const absl::Status status =
      model::ToProto((*workflow)->outputs, request.page_token(), limits_.page_bytes, response);
  if (!status.ok()) return done(status);
  done(std::move(response));
}

void WorkflowRpcs::Impl::GetTrace(const workflow_proto::GetTraceRequest& request,
                                  const Done<workflow_proto::GetTraceResponse>& done) {
  const absl::StatusOr<const model::Workflow*> workflow = Find(request.workflow_id());
  if (!workflow.ok()) {
    done(workflow.status());
    return;
  }
  if (const std::string problem = graph::NameProblem(request.loop()); !problem.empty()) {
    done(absl::InvalidArgumentError(fmt::format("the loop's name {}", problem)));
    return;
  }
  const std::uint64_t limit = request.limit() == 0 ? limits_.page_size_default : request.limit();
  const absl::StatusOr<model::LoopTrace> trace = controller_.Trace(
      (*workflow)->id, request.loop(), request.offset(), std::min(limit, limits_.page_size.max));
  if (!trace.ok()) return done(trace.status());
  workflow_proto::GetTraceResponse response;
  model::ToProto(*trace, limits_.page_bytes, response);
  done(std::move(response));
}

void WorkflowRpcs::Impl::ListWorkers(const workflow_proto::ListWorkersRequest& request,
                                     const Done<workflow_proto::ListWorkersResponse>& done) {
  std::optional<Uuid> after;
  if (!request.page_token().empty()) {
    const absl::StatusOr<Uuid> token = Uuid::Parse(request.page_token());
    if (!token.ok()) return done(token.status());
    after = *token;
  }
  Budget bytes(limits_.page_bytes);
  workflow_proto::ListWorkersResponse response;
  for (const model::WorkerInfo& worker : controller_.Workers()) {
    if (after.has_value() && worker.description.instance <= *after) continue;
    if (bytes.is_spent()) {
      response.set_next_page_token(response.workers().rbegin()->instance_id());
      break;
    }
    model::ToProto(worker, *response.add_workers());
    bytes.Spend(response.workers().rbegin()->ByteSizeLong());
  }
  done(std::move(response));
}

void WorkflowRpcs::Impl::DrainWorkers(const workflow_proto::DrainWorkersRequest& request,
                                      const Done<workflow_proto::DrainWorkersResponse>& done) {
  const absl::Status status =
      CheckLimit(limits_.reason_bytes, "the reason", request.reason().size(), "shorten it");
  if (!status.ok()) return done(status);
  controller_.DrainWorkers({.worker = request.worker(),
                            .reason = request.reason(),
                            .waits = request.wait(),
                            .awaits_replacements = request.wait_for_replacements()},
                           Empty(done));
}

absl::StatusOr<const model::Workflow*> WorkflowRpcs::Impl::Find(const std::string& id) const {
  ASSIGN_OR_RETURN(const Uuid uuid, Uuid::Parse(id));
  const model::Workflow* workflow = controller_.views().Find(uuid);
  if (workflow == nullptr) {
    return absl::NotFoundError(fmt::format("there is no workflow {}", uuid.ToString()));
  }
  return workflow;
}

absl::StatusOr<graph::ValuePtr> WorkflowRpcs::Impl::FindOutput(
    const workflow_proto::ReadOutputRequest& request) const {
  ASSIGN_OR_RETURN(const model::Workflow* workflow, Find(request.workflow_id()));
  const std::string id = workflow->id.ToString();
  switch (workflow->status) {
    case model::WorkflowStatus::kSucceeded:
      break;
    case model::WorkflowStatus::kRunning:
      return absl::FailedPreconditionError(
          fmt::format("workflow {} is still running; wait until it has succeeded", id));
    case model::WorkflowStatus::kFailed:
      return absl::FailedPreconditionError(
          fmt::format("workflow {} has failed, so it has no outputs", id));
    case model::WorkflowStatus::kCancelled:
      return absl::FailedPreconditionError(
          fmt::format("workflow {} was cancelled, so it has no outputs", id));
  }
  std::string ports;
  for (const graph::NamedValue& output : workflow->outputs) {
    if (output.value == nullptr) continue;
    if (output.name == request.port()) return output.value;
    ports += fmt::format("{}{}", ports.empty() ? "" : ", ", output.name);
  }
  return absl::NotFoundError(fmt::format("workflow {} has no output \"{}\"; it has: {}", id,
                                         request.port(), ports.empty() ? "none" : ports));
}

WorkflowRpcs::WorkflowRpcs(runtime::Controller& controller, Calls& calls, TurnEnd& turn_end,
                           Limits limits)
    : impl_(std::make_unique<Impl>(controller, calls, turn_end, limits)) {}

WorkflowRpcs::~WorkflowRpcs() = default;

grpc::Service& WorkflowRpcs::service() { return impl_->service(); }

void WorkflowRpcs::Start(grpc::ServerCompletionQueue& queue) { impl_->Start(queue); }

}  // namespace orrery::rpc
