#include "client/cpp/client.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/backoff.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "client/cpp/unknown_outcome.h"
#include "fmt/format.h"
#include "graph/codec/value_codec.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "model/codec/submission_codec.h"
#include "model/codec/workflow_codec.h"
#include "model/submission.h"
#include "orrery/workflow/v1/workflow_service.grpc.pb.h"
#include "rpc/blob_client.h"
#include "rpc/channel.h"
#include "rpc/message_size.h"
#include "rpc/message_text.h"

namespace orrery::client {
namespace {

// A stream that lives longer is opened anew, so that no call is without a deadline.
constexpr absl::Duration kStreamTimeout = absl::Hours(1);
// Larger values of a submission travel as blobs if all of them are too large for one message.
constexpr std::uint64_t kSmallValueBytes = 1024;
constexpr BackoffLimits kRetryDelays{.first = absl::Milliseconds(50), .max = absl::Seconds(1)};

// Returns true if a watch that ended with `status` may reconnect.
bool IsInterruption(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::CANCELLED;
}

// Decodes a part of a response. A malformed response is not the fault of the caller: kInternal.
template <class Message>
auto Decode(const Message& message, std::string_view what) -> decltype(model::FromProto(message)) {
  auto read = model::FromProto(message);
  if (read.ok()) return read;
  return absl::InternalError(fmt::format("cannot read the controller's response about {}: {}", what,
                                         std::string(read.status().message())));
}

absl::StatusOr<Workflow> DecodeWorkflow(const workflow::v1::Workflow& message) {
  return Decode(message, fmt::format("workflow '{}'", message.workflow_id()));
}

workflow::v1::ResumeWorkflowRequest ResumeRequest(const Uuid& id, const ResumeOptions& options) {
  workflow::v1::ResumeWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  request.set_from_location(options.from);
  if (options.cache_mode.has_value()) request.set_cache_mode(model::ToProto(*options.cache_mode));
  return request;
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(ClientOptions options)
      : options_(std::move(options)),
        channel_(rpc::OpenChannel(options_.address)),
        stub_(workflow::v1::WorkflowService::NewStub(channel_)),
        blobs_({.address = options_.address,
                .call_timeout = options_.call_timeout,
                .retry_timeout = options_.call_timeout}) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const ClientOptions& options() const { return options_; }
  rpc::BlobClient& blobs() { return blobs_; }

  // One unary call: `method` is a member of the stub.
  template <class Method, class Request, class Response>
  absl::Status Call(Method method, const Request& request, Response& response) {
    return CallUntil(absl::Now() + options_.call_timeout, method, request, response);
  }
  template <class Method, class Request, class Response>
  absl::Status CallUntil(absl::Time deadline, Method method, const Request& request,
                         Response& response) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    RETURN_IF_ERROR(rpc::CheckMessage(request, rpc::kMessageBytes, "the request",
                                      "split it, or pass long lists as one input"));
    const grpc::Status status = ((*stub_).*method)(&context, request, &response);
    if (status.ok()) was_answered_ = true;
    if (!status.ok()) RETURN_IF_ERROR(rpc::CheckUtf8(request));
    return rpc::FromGrpcStatus(status, options_.address);
  }
  // A unary call that changes workflow `id`: `what` is the change.
  template <class Method, class Request, class Response>
  absl::Status Change(const Uuid& id, std::string_view what, Method method, const Request& request,
                      Response& response) {
    const bool is_reachable = IsReachable();
    return Outcome(Call(method, request, response), is_reachable, id, what);
  }
  // Returns `status`, or if the controller may have carried out the call, an error that says so.
  static absl::Status Outcome(absl::Status status, bool was_reachable, const Uuid& id,
                              std::string_view what) {
    const bool is_unknown =
        absl::IsDeadlineExceeded(status) || (absl::IsUnavailable(status) && was_reachable);
    if (!is_unknown) return status;
    return OutcomeUnknown(status, fmt::format("workflow {} may have been {}", id.ToString(), what),
                          fmt::format("look with: orrery show {}", id.ToString()));
  }

  absl::Status StartDrain(const workflow::v1::DrainWorkersRequest& request);
  // A controller that goes away while drained workers leave is awaited.
  absl::Status Drain(const workflow::v1::DrainWorkersRequest& request, absl::Time give_up_at);
  // Makes the call again if the controller goes away before it has answered. One that cannot be
  // reached at all is not waited for.
  absl::StatusOr<Submitted> Submit(const Uuid& id, const SubmitOptions& options,
                                   const workflow::v1::SubmitWorkflowRequest& request);
  // Fills in the request, and returns the workflow's id.
  absl::StatusOr<Uuid> Prepare(const SubmitOptions& options, graph::Graph graph,
                               const std::vector<graph::NamedValue>& inputs,
                               workflow::v1::SubmitWorkflowRequest& request);
  absl::StatusOr<Workflow> Get(const Uuid& id);
  absl::StatusOr<Workflow> Watch(const Uuid& id, absl::Duration timeout, const OnChange& on_change);
  // Decodes a workflow, and reads the outputs that its message had no room for.
  absl::StatusOr<Workflow> ReadWorkflow(const workflow::v1::Workflow& message);
  // Submits and watches with one call. Returns nullopt if it is unknown whether the call arrived.
  absl::StatusOr<std::optional<Workflow>> Run(const Uuid& id,
                                              const workflow::v1::SubmitWorkflowRequest& request,
                                              absl::Duration timeout, const OnChange& on_change);
  // Replaces values of more than `inline_max` bytes with references to blobs.
  absl::Status UploadConstants(graph::Graph& graph, std::uint64_t inline_max);
  absl::Status UploadInputs(std::vector<graph::NamedValue>& inputs, std::uint64_t inline_max);
  absl::StatusOr<graph::Value> Upload(graph::Value value, std::uint64_t inline_max);
  absl::StatusOr<workflow::v1::RerunWorkflowRequest> RerunRequest(const Uuid& source,
                                                                  const RerunOptions& options);

  // Returns when the connection is another than it was, or at `deadline`.
  void AwaitChange(absl::Time deadline) {
    static_cast<void>(channel_->WaitForStateChange(channel_->GetState(/*try_to_connect=*/true),
                                                   absl::ToChronoTime(deadline)));
  }

 private:
  // Connects, if it is not connected; false if that fails, or takes longer than a call may.
  bool IsReachable() { return rpc::IsReachable(*channel_, options_.call_timeout); }

  // One stream, until it ends; what it said last is left in `last`.
  using Reader = grpc::ClientReader<workflow::v1::WatchWorkflowResponse>;
  using OpenReader = std::function<std::unique_ptr<Reader>(grpc::ClientContext&)>;
  absl::StatusOr<grpc::Status> ReadStream(absl::Time deadline, const OpenReader& open,
                                          const OnChange& on_change, std::optional<Workflow>& last);

  const ClientOptions options_;
  // Shared: gRPC returns channels as shared pointers.
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<workflow::v1::WorkflowService::Stub> stub_;
  rpc::BlobClient blobs_;
  // The controller has answered before, so a lost connection is retried.
  bool was_answered_ = false;
};

absl::StatusOr<Uuid> Client::Impl::Prepare(const SubmitOptions& options, graph::Graph graph,
                                           const std::vector<graph::NamedValue>& inputs,
                                           workflow::v1::SubmitWorkflowRequest& request) {
  // Chosen here, so that a submission whose answer got lost can be made again.
  SystemRandom random;
  const Uuid id = options.id.has_value() ? *options.id : Uuid::FromRandom(random);
  const auto uploaded = std::make_shared<graph::Graph>(std::move(graph));
  model::Submission submission{.name = options.name.empty() ? uploaded->name : options.name,
                               .graph = uploaded,
                               .inputs = inputs,
                               .side_effects = options.side_effects,
                               .failure_rules = options.failure_rules,
                               .cache_mode = options.cache_mode};
  for (const std::uint64_t inline_max : {graph::kInlineValueBytes.max, kSmallValueBytes}) {
    RETURN_IF_ERROR(UploadConstants(*uploaded, inline_max));
    RETURN_IF_ERROR(UploadInputs(submission.inputs, inline_max));
    request.Clear();
    request.set_workflow_id(id.ToString());
    request.set_clean(options.clean);
    request.set_wait_for_workers(options.wait_for_workers);
    model::ToProto(submission, request);
    if (request.ByteSizeLong() <= rpc::kMessageBytes.max) return id;
  }
  RETURN_IF_ERROR(rpc::CheckMessage(request, rpc::kMessageBytes, "the graph with its inputs",
                                    "split the graph, or pass long lists as one input"));
  return id;
}

absl::StatusOr<Submitted> Client::Impl::Submit(const Uuid& id, const SubmitOptions& options,
                                               const workflow::v1::SubmitWorkflowRequest& request) {
  const auto submit = &workflow::v1::WorkflowService::Stub::SubmitWorkflow;
  const bool is_reachable = IsReachable();
  const bool may_resubmit = is_reachable && !request.clean();
  const absl::Time give_up_at = absl::Now() + options_.resubmit_timeout;
  workflow::v1::SubmitWorkflowResponse response;
  absl::Status status = Call(submit, request, response);
  bool is_resubmission = false;
  Backoff backoff(kRetryDelays);
  while (absl::IsUnavailable(status) && may_resubmit && absl::Now() < give_up_at) {
    AwaitChange(absl::Now() + backoff.Next());
    is_resubmission = true;
    status = Call(submit, request, response);
  }
  // A random id is in use only if an earlier try arrived; the workflow has settled since.
  if (absl::IsAlreadyExists(status) && !options.id.has_value()) {
    return Submitted{.id = id, .is_repeated = false};
  }
  RETURN_IF_ERROR(Outcome(std::move(status), is_reachable, id, "submitted, and may run"));
  return Submitted{.id = id, .is_repeated = response.already_submitted() && !is_resubmission};
}

absl::Status Client::Impl::StartDrain(const workflow::v1::DrainWorkersRequest& request) {
  const bool is_reachable = IsReachable();
  workflow::v1::DrainWorkersResponse response;
  absl::Status status = Call(&workflow::v1::WorkflowService::Stub::DrainWorkers, request, response);
  if (!absl::IsDeadlineExceeded(status) && !(absl::IsUnavailable(status) && is_reachable)) {
    return status;
  }
  return OutcomeUnknown(status, fmt::format("the workers {} may drain", request.worker()),
                        "look with: orrery worker list");
}

absl::Status Client::Impl::Drain(const workflow::v1::DrainWorkersRequest& request,
                                 absl::Time give_up_at) {
  absl::Time reconnect_until = absl::InfinitePast();
  bool has_reached = false;
  while (true) {
    workflow::v1::DrainWorkersResponse response;
    const absl::Time deadline = std::min(give_up_at, absl::Now() + kStreamTimeout);
    const absl::Status status =
        CallUntil(deadline, &workflow::v1::WorkflowService::Stub::DrainWorkers, request, response);
    // They left while the controller was away.
    if (has_reached && absl::IsNotFound(status)) return absl::OkStatus();
    const bool is_timeout = absl::IsDeadlineExceeded(status);
    has_reached = has_reached || is_timeout || was_answered_;
    if (is_timeout) reconnect_until = absl::InfinitePast();
    if (absl::IsUnavailable(status) && reconnect_until == absl::InfinitePast()) {
      reconnect_until = absl::Now() + options_.reconnect_timeout;
    }
    const bool may_return =
        is_timeout || (absl::IsUnavailable(status) && has_reached && absl::Now() < reconnect_until);
    if (!may_return || absl::Now() >= give_up_at) return status;
    if (!is_timeout) AwaitChange(std::min(give_up_at, absl::Now() + kRetryDelays.max));
  }
}

absl::StatusOr<Workflow> Client::Impl::Get(const Uuid& id) {
  workflow::v1::GetWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  workflow::v1::GetWorkflowResponse response;
  RETURN_IF_ERROR(Call(&workflow::v1::WorkflowService::Stub::GetWorkflow, request, response));
  return ReadWorkflow(response.workflow());
}

absl::StatusOr<Workflow> Client::Impl::ReadWorkflow(const workflow::v1::Workflow& message) {
  ASSIGN_OR_RETURN(Workflow workflow, DecodeWorkflow(message));
  workflow::v1::ListOutputsRequest request;
  request.set_workflow_id(message.workflow_id());
  request.set_page_token(message.next_output_token());
  while (!request.page_token().empty()) {
    workflow::v1::ListOutputsResponse page;
    RETURN_IF_ERROR(Call(&workflow::v1::WorkflowService::Stub::ListOutputs, request, page));
    ASSIGN_OR_RETURN(const std::vector<graph::NamedValue> outputs,
                     graph::FromProto(page.outputs()));
    workflow.outputs.insert(workflow.outputs.end(), outputs.begin(), outputs.end());
    request.set_page_token(page.next_page_token());
  }
  return workflow;
}

absl::StatusOr<grpc::Status> Client::Impl::ReadStream(absl::Time deadline, const OpenReader& open,
                                                      const OnChange& on_change,
                                                      std::optional<Workflow>& last) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(std::min(deadline, absl::Now() + kStreamTimeout)));
  const std::unique_ptr<Reader> reader = open(context);
  workflow::v1::WatchWorkflowResponse response;
  while (reader->Read(&response)) {
    absl::StatusOr<Workflow> workflow = ReadWorkflow(response.workflow());
    if (!workflow.ok()) {
      context.TryCancel();
      static_cast<void>(reader->Finish());
      return workflow.status();
    }
    last = *std::move(workflow);
    on_change(*last);
  }
  return reader->Finish();
}

absl::StatusOr<std::optional<Workflow>> Client::Impl::Run(
    const Uuid& id, const workflow::v1::SubmitWorkflowRequest& request, absl::Duration timeout,
    const OnChange& on_change) {
  std::optional<Workflow> last;
  const auto open = [&](grpc::ClientContext& context) {
    return stub_->RunWorkflow(&context, request);
  };
  ASSIGN_OR_RETURN(const grpc::Status status,
                   ReadStream(absl::Now() + timeout, open, on_change, last));
  if (last.has_value()) was_answered_ = true;
  const absl::Status result = rpc::FromGrpcStatus(status, options_.address);
  const bool is_unknown = IsInterruption(status) || absl::IsUnimplemented(result);
  if (!last.has_value() && !is_unknown) {
    RETURN_IF_ERROR(rpc::CheckUtf8(request));
    RETURN_IF_ERROR(Outcome(result, /*was_reachable=*/false, id, "submitted, and may run"));
  }
  return last;
}

absl::StatusOr<Workflow> Client::Impl::Watch(const Uuid& id, absl::Duration timeout,
                                             const OnChange& on_change) {
  const absl::Time deadline = absl::Now() + timeout;
  workflow::v1::WatchWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  const auto open = [&](grpc::ClientContext& context) {
    return stub_->WatchWorkflow(&context, request);
  };
  std::optional<Workflow> last;
  bool was_reached = false;
  absl::Time give_up_at = absl::InfiniteFuture();
  Backoff backoff(kRetryDelays);
  while (true) {
    last.reset();
    ASSIGN_OR_RETURN(const grpc::Status status, ReadStream(deadline, open, on_change, last));
    if (last.has_value() && last->is_settled()) return *std::move(last);
    if (last.has_value()) {
      was_reached = true;
      give_up_at = absl::InfiniteFuture();
      backoff.Reset();
    }
    const absl::Time now = absl::Now();
    if (now >= deadline) {
      // Even with timeout 0, report the current state, or that there is no such workflow.
      if (!was_reached) {
        ASSIGN_OR_RETURN(Workflow workflow, Get(id));
        on_change(workflow);
        if (workflow.is_settled()) return workflow;
      }
      return absl::DeadlineExceededError(fmt::format("workflow {} has not settled within {}",
                                                     id.ToString(), absl::FormatDuration(timeout)));
    }
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) continue;
    if (status.ok()) {
      return absl::InternalError(
          fmt::format("the controller at {} ended the watch of workflow {} before it settled",
                      options_.address, id.ToString()));
    }
    if (!was_reached && !was_answered_) return rpc::FromGrpcStatus(status, options_.address);
    if (!IsInterruption(status)) return rpc::FromGrpcStatus(status, options_.address);
    give_up_at = std::min(give_up_at, now + options_.reconnect_timeout);
    if (now >= give_up_at) return rpc::FromGrpcStatus(status, options_.address);
    AwaitChange(std::min(now + backoff.Next(), deadline));
  }
}

absl::StatusOr<graph::Value> Client::Impl::Upload(graph::Value value, std::uint64_t inline_max) {
  if (value.size_bytes() <= inline_max || !value.is_inline()) return value;
  ASSIGN_OR_RETURN(value.content, blobs_.WriteIfMissing(value.bytes()));
  return value;
}

absl::Status Client::Impl::UploadInputs(std::vector<graph::NamedValue>& inputs,
                                        std::uint64_t inline_max) {
  for (graph::NamedValue& input : inputs) {
    ASSIGN_OR_RETURN(graph::Value value, Upload(*input.value, inline_max));
    input.value = std::make_shared<const graph::Value>(std::move(value));
  }
  return absl::OkStatus();
}

absl::StatusOr<workflow::v1::RerunWorkflowRequest> Client::Impl::RerunRequest(
    const Uuid& source, const RerunOptions& options) {
  workflow::v1::RerunWorkflowRequest request;
  request.set_workflow_id(source.ToString());
  request.set_from_location(options.from);
  if (options.cache_mode.has_value()) request.set_cache_mode(model::ToProto(*options.cache_mode));
  std::vector<graph::NamedValue> inputs = options.inputs;
  RETURN_IF_ERROR(UploadInputs(inputs, graph::kInlineValueBytes.max));
  graph::ToProto(inputs, *request.mutable_inputs());
  return request;
}

absl::Status Client::Impl::UploadConstants(graph::Graph& graph, std::uint64_t inline_max) {
  for (graph::Node& node : graph.nodes) {
    auto* constant = std::get_if<graph::ConstNode>(&node.kind);
    if (constant == nullptr) continue;
    ASSIGN_OR_RETURN(constant->value, Upload(std::move(constant->value), inline_max));
  }
  for (auto& [name, value] : graph.fixed_inputs) {
    ASSIGN_OR_RETURN(value, Upload(std::move(value), inline_max));
  }
  return absl::OkStatus();
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;
Client::~Client() = default;

const std::string& Client::address() const { return impl_->options().address; }

absl::StatusOr<Submitted> Client::Submit(const SubmitOptions& options, graph::Graph graph,
                                         const std::vector<graph::NamedValue>& inputs) {
  workflow::v1::SubmitWorkflowRequest request;
  ASSIGN_OR_RETURN(const Uuid id, impl_->Prepare(options, std::move(graph), inputs, request));
  return impl_->Submit(id, options, request);
}

absl::StatusOr<Workflow> Client::Run(const SubmitOptions& options, graph::Graph graph,
                                     absl::Duration timeout, const OnChange& on_change) {
  const absl::Time deadline = absl::Now() + timeout;
  workflow::v1::SubmitWorkflowRequest request;
  ASSIGN_OR_RETURN(const Uuid id, impl_->Prepare(options, std::move(graph), {}, request));
  std::optional<Workflow> last;
  // Retry a submission that may have arrived. With `clean` the retry would delete it.
  if (!options.clean) {
    ASSIGN_OR_RETURN(last, impl_->Run(id, request, timeout, on_change));
    if (last.has_value() && last->is_settled()) return *std::move(last);
  }
  if (!last.has_value()) RETURN_IF_ERROR(impl_->Submit(id, options, request).status());
  return impl_->Watch(id, std::max(deadline - absl::Now(), absl::ZeroDuration()), on_change);
}

absl::StatusOr<Workflow> Client::Get(const Uuid& id) { return impl_->Get(id); }

absl::StatusOr<WorkflowPage> Client::List(std::uint32_t page_size, std::string page_token) {
  workflow::v1::ListWorkflowsRequest request;
  request.set_page_size(page_size);
  request.set_page_token(std::move(page_token));
  workflow::v1::ListWorkflowsResponse response;
  RETURN_IF_ERROR(
      impl_->Call(&workflow::v1::WorkflowService::Stub::ListWorkflows, request, response));
  WorkflowPage page{.next_page_token = response.next_page_token()};
  for (const workflow::v1::Workflow& message : response.workflows()) {
    ASSIGN_OR_RETURN(page.workflows.emplace_back(), DecodeWorkflow(message));
  }
  return page;
}

absl::Status Client::Cancel(const Uuid& id, std::string reason, std::string location) {
  workflow::v1::CancelWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  request.set_reason(std::move(reason));
  request.set_location(std::move(location));
  workflow::v1::CancelWorkflowResponse response;
  return impl_->Change(id, request.location().empty() ? "cancelled" : "cancelled in part",
                       &workflow::v1::WorkflowService::Stub::CancelWorkflow, request, response);
}

absl::Status Client::Pause(const Uuid& id) {
  workflow::v1::PauseWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  workflow::v1::PauseWorkflowResponse response;
  return impl_->Change(id, "paused", &workflow::v1::WorkflowService::Stub::PauseWorkflow, request,
                       response);
}

absl::Status Client::Unpause(const Uuid& id) {
  workflow::v1::UnpauseWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  workflow::v1::UnpauseWorkflowResponse response;
  return impl_->Change(id, "unpaused", &workflow::v1::WorkflowService::Stub::UnpauseWorkflow,
                       request, response);
}

absl::StatusOr<Explanation> Client::Explain(const Uuid& id, std::string location) {
  workflow::v1::ExplainWorkflowRequest request;
  request.set_workflow_id(id.ToString());
  request.set_location(std::move(location));
  workflow::v1::ExplainWorkflowResponse response;
  RETURN_IF_ERROR(
      impl_->Call(&workflow::v1::WorkflowService::Stub::ExplainWorkflow, request, response));
  return Decode(response, "the explanation");
}

absl::Status Client::Resume(const Uuid& id, const ResumeOptions& options) {
  workflow::v1::ResumeWorkflowResponse response;
  return impl_->Change(id, "resumed, and may run",
                       &workflow::v1::WorkflowService::Stub::ResumeWorkflow,
                       ResumeRequest(id, options), response);
}

absl::StatusOr<RerunPlan> Client::PlanResume(const Uuid& id, const ResumeOptions& options) {
  workflow::v1::ResumeWorkflowRequest request = ResumeRequest(id, options);
  request.set_dry_run(true);
  workflow::v1::ResumeWorkflowResponse response;
  RETURN_IF_ERROR(
      impl_->Call(&workflow::v1::WorkflowService::Stub::ResumeWorkflow, request, response));
  return Decode(response.plan(), "the plan");
}

absl::StatusOr<Uuid> Client::Rerun(const Uuid& source, const RerunOptions& options) {
  SystemRandom random;
  const Uuid id = options.id.has_value() ? *options.id : Uuid::FromRandom(random);
  ASSIGN_OR_RETURN(workflow::v1::RerunWorkflowRequest request,
                   impl_->RerunRequest(source, options));
  request.set_new_workflow_id(id.ToString());
  workflow::v1::RerunWorkflowResponse response;
  RETURN_IF_ERROR(impl_->Change(id, "started, and may run",
                                &workflow::v1::WorkflowService::Stub::RerunWorkflow, request,
                                response));
  return id;
}

absl::StatusOr<RerunPlan> Client::PlanRerun(const Uuid& source, const RerunOptions& options) {
  ASSIGN_OR_RETURN(workflow::v1::RerunWorkflowRequest request,
                   impl_->RerunRequest(source, options));
  if (options.id.has_value()) request.set_new_workflow_id(options.id->ToString());
  request.set_dry_run(true);
  workflow::v1::RerunWorkflowResponse response;
  RETURN_IF_ERROR(
      impl_->Call(&workflow::v1::WorkflowService::Stub::RerunWorkflow, request, response));
  return Decode(response.plan(), "the plan");
}

absl::StatusOr<Workflow> Client::Watch(const Uuid& id, absl::Duration timeout,
                                       const OnChange& on_change) {
  return impl_->Watch(id, timeout, on_change);
}

absl::StatusOr<LoopTrace> Client::Trace(const Uuid& id, std::string_view loop, TraceRange range) {
  workflow::v1::GetTraceRequest request;
  request.set_workflow_id(id.ToString());
  request.set_loop(std::string(loop));
  request.set_offset(range.offset);
  request.set_limit(range.limit);
  workflow::v1::GetTraceResponse response;
  RETURN_IF_ERROR(impl_->Call(&workflow::v1::WorkflowService::Stub::GetTrace, request, response));
  return Decode(response, fmt::format("loop '{}'", loop));
}

absl::StatusOr<graph::Value> Client::FindOutput(const Uuid& id, std::string_view port) {
  workflow::v1::ReadOutputRequest request;
  request.set_workflow_id(id.ToString());
  request.set_port(std::string(port));
  workflow::v1::ReadOutputResponse response;
  RETURN_IF_ERROR(impl_->Call(&workflow::v1::WorkflowService::Stub::ReadOutput, request, response));
  return graph::FromProto(response.value());
}

absl::StatusOr<graph::Value> Client::ReadOutput(const Uuid& id, std::string_view port) {
  ASSIGN_OR_RETURN(graph::Value value, FindOutput(id, port));
  return Fetch(std::move(value));
}

absl::StatusOr<graph::Value> Client::Fetch(graph::Value value) {
  if (value.is_inline()) return value;
  RETURN_IF_ERROR(CheckLimit(impl_->options().value_bytes, "the value", value.size_bytes(),
                             "write it to a file, as `orrery output -O FILE` does"));
  ASSIGN_OR_RETURN(value.content, impl_->blobs().Read(value.blob()));
  return value;
}

absl::Status Client::ReadBlob(const graph::BlobRef& blob, const ByteSink& sink) {
  return impl_->blobs().Read(blob, sink);
}

absl::StatusOr<graph::Value> Client::Upload(graph::Value value) {
  return impl_->Upload(std::move(value), graph::kInlineValueBytes.max);
}

absl::StatusOr<std::vector<WorkerInfo>> Client::ListWorkers() {
  workflow::v1::ListWorkersRequest request;
  std::vector<WorkerInfo> workers;
  do {
    workflow::v1::ListWorkersResponse response;
    RETURN_IF_ERROR(
        impl_->Call(&workflow::v1::WorkflowService::Stub::ListWorkers, request, response));
    for (const workflow::v1::Worker& message : response.workers()) {
      ASSIGN_OR_RETURN(workers.emplace_back(),
                       Decode(message, fmt::format("worker '{}'", message.name())));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return workers;
}

absl::Status Client::AwaitPool(const std::string& pool, std::size_t count, absl::Duration timeout) {
  constexpr absl::Duration kPause = absl::Milliseconds(100);
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<WorkerInfo> workers, ListWorkers());
    const auto working = std::ranges::count_if(workers, [&](const WorkerInfo& worker) {
      return worker.pool == pool && worker.state == WorkerState::kConnected;
    });
    if (static_cast<std::size_t>(working) >= count) return absl::OkStatus();
    if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} of {} workers of pool {} are connected; the log of orreryd has what the "
                      "others say",
                      working, count, pool));
    }
    impl_->AwaitChange(std::min(deadline, absl::Now() + kPause));
  }
}

absl::Status Client::DrainWorkers(const std::string& worker, const DrainOptions& options) {
  workflow::v1::DrainWorkersRequest request;
  request.set_worker(worker);
  request.set_reason(options.reason);
  request.set_wait(options.waits);
  request.set_wait_for_replacements(options.awaits_replacements);
  if (!options.waits) return impl_->StartDrain(request);
  absl::Status status = impl_->Drain(request, absl::Now() + options.timeout);
  if (!absl::IsDeadlineExceeded(status)) return status;
  return absl::DeadlineExceededError(
      fmt::format("the workers of {} have not left{} within {}; they continue to drain", worker,
                  options.awaits_replacements ? " and been replaced" : "",
                  absl::FormatDuration(options.timeout)));
}

}  // namespace orrery::client
