#include "tests/unit/client/fake_controller.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/graph_codec.h"
#include "graph/codec/value_codec.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "model/codec/submission_codec.h"
#include "model/codec/workflow_codec.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "orrery/workflow/v1/workflow_service.grpc.pb.h"
#include "rpc/message_size.h"

namespace orrery::client {
namespace {

constexpr std::size_t kChunkBytes = 100'000;

grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

grpc::Status NotFound(const std::string& what) { return {grpc::StatusCode::NOT_FOUND, what}; }

workflow::v1::Workflow ToProto(const Workflow& workflow) {
  workflow::v1::Workflow message;
  model::ToProto(workflow, rpc::kPageBytes, message);
  return message;
}

}  // namespace

// Not anonymous, because FakeController::Impl has members of these types.
namespace fake {

// All that the two services share.
struct State {
  struct Entry {
    Workflow workflow;
    std::uint64_t version = 0;
  };

  mutable Mutex mutex;
  CondVar changed;
  bool is_stopping GUARDED_BY(mutex) = false;
  // In the order of submission.
  std::vector<std::string> order GUARDED_BY(mutex);
  std::map<std::string, Entry> workflows GUARDED_BY(mutex);
  std::optional<Workflow> submission_end GUARDED_BY(mutex);
  std::optional<absl::Status> refusal GUARDED_BY(mutex);
  bool is_next_answer_lost GUARDED_BY(mutex) = false;
  bool is_older GUARDED_BY(mutex) = false;
  std::vector<Submission> submissions GUARDED_BY(mutex);
  std::vector<WorkerInfo> workers GUARDED_BY(mutex);
  bool replaces_slowly GUARDED_BY(mutex) = false;
  std::vector<std::size_t> workers_at_drains GUARDED_BY(mutex);
  std::optional<WorkerInfo> replacement GUARDED_BY(mutex);
  int lists_to_replacement GUARDED_BY(mutex) = 0;
  struct Trace {
    std::vector<std::vector<graph::NamedValue>> iterations;
    std::uint32_t page_max = 0;
  };
  std::map<std::string, Trace> traces GUARDED_BY(mutex);
  std::string cancel_reason GUARDED_BY(mutex);
  // By the 32 bytes of their digests.
  std::map<std::string, std::string> blobs GUARDED_BY(mutex);
  int blob_writes GUARDED_BY(mutex) = 0;
  bool is_next_blob_corrupt GUARDED_BY(mutex) = false;

  void Put(const Workflow& workflow) {
    const MutexLock lock(mutex);
    PutLocked(workflow);
  }

  void PutLocked(const Workflow& workflow) REQUIRES(mutex) {
    const std::string id = workflow.id.ToString();
    Entry& entry = workflows[id];
    if (entry.version == 0) order.push_back(id);
    entry.workflow = workflow;
    ++entry.version;
    changed.NotifyAll();
  }
};

std::string DigestKey(const Digest& digest) {
  return std::string(digest.bytes.begin(), digest.bytes.end());
}

class FakeWorkflowService : public workflow::v1::WorkflowService::Service {
 public:
  explicit FakeWorkflowService(State& state) : state_(state) {}

  grpc::Status SubmitWorkflow(grpc::ServerContext*,
                              const workflow::v1::SubmitWorkflowRequest* request,
                              workflow::v1::SubmitWorkflowResponse* response) override {
    const MutexLock lock(state_.mutex);
    if (const auto refusal = std::exchange(state_.refusal, std::nullopt)) return ToGrpc(*refusal);
    Submission submission{.workflow_id = request->workflow_id(),
                          .content = model::FromProto(*request).value(),
                          .clean = request->clean(),
                          .wait_for_workers = request->wait_for_workers()};
    const auto known = state_.workflows.find(submission.workflow_id);
    const bool is_known = known != state_.workflows.end();
    if (is_known && known->second.workflow.is_settled() && !submission.clean) {
      return {grpc::StatusCode::ALREADY_EXISTS, "it has finished already"};
    }
    response->set_workflow_id(submission.workflow_id);
    response->set_already_submitted(is_known);
    Workflow workflow = state_.submission_end.value_or(RunningWorkflow(1));
    workflow.id = Uuid::Parse(submission.workflow_id).value();
    workflow.name = submission.content.name;
    state_.PutLocked(workflow);
    state_.submissions.push_back(std::move(submission));
    if (std::exchange(state_.is_next_answer_lost, false)) {
      return {grpc::StatusCode::UNAVAILABLE, "the connection was lost"};
    }
    return grpc::Status::OK;
  }

  grpc::Status GetWorkflow(grpc::ServerContext*, const workflow::v1::GetWorkflowRequest* request,
                           workflow::v1::GetWorkflowResponse* response) override {
    const MutexLock lock(state_.mutex);
    const auto found = state_.workflows.find(request->workflow_id());
    if (found == state_.workflows.end()) return NotFound("no workflow " + request->workflow_id());
    *response->mutable_workflow() = ToProto(found->second.workflow);
    return grpc::Status::OK;
  }

  grpc::Status WatchWorkflow(
      grpc::ServerContext*, const workflow::v1::WatchWorkflowRequest* request,
      grpc::ServerWriter<workflow::v1::WatchWorkflowResponse>* writer) override {
    std::uint64_t version = 0;
    while (true) {
      workflow::v1::WatchWorkflowResponse response;
      bool is_settled = false;
      {
        const MutexLock lock(state_.mutex);
        if (!state_.workflows.contains(request->workflow_id())) {
          return NotFound("no workflow " + request->workflow_id());
        }
        const State::Entry& entry = state_.workflows.at(request->workflow_id());
        while (entry.version == version && !state_.is_stopping) state_.changed.Wait(state_.mutex);
        if (state_.is_stopping) return {grpc::StatusCode::UNAVAILABLE, "stopping"};
        version = entry.version;
        *response.mutable_workflow() = ToProto(entry.workflow);
        is_settled = entry.workflow.is_settled();
      }
      if (!writer->Write(response) || is_settled) return grpc::Status::OK;
    }
  }

  grpc::Status RunWorkflow(
      grpc::ServerContext* context, const workflow::v1::SubmitWorkflowRequest* request,
      grpc::ServerWriter<workflow::v1::WatchWorkflowResponse>* writer) override {
    {
      const MutexLock lock(state_.mutex);
      if (state_.is_older) return {grpc::StatusCode::UNIMPLEMENTED, "no such method"};
    }
    workflow::v1::SubmitWorkflowResponse submitted;
    if (grpc::Status status = SubmitWorkflow(context, request, &submitted); !status.ok()) {
      return status;
    }
    workflow::v1::WatchWorkflowRequest watch;
    watch.set_workflow_id(submitted.workflow_id());
    return WatchWorkflow(context, &watch, writer);
  }

  // Page tokens are positions.
  grpc::Status ListWorkflows(grpc::ServerContext*,
                             const workflow::v1::ListWorkflowsRequest* request,
                             workflow::v1::ListWorkflowsResponse* response) override {
    const MutexLock lock(state_.mutex);
    std::size_t at = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    const std::size_t end = std::min<std::size_t>(at + request->page_size(), state_.order.size());
    for (; at < end; ++at) {
      const std::string& id = state_.order[state_.order.size() - 1 - at];
      *response->add_workflows() = ToProto(state_.workflows.at(id).workflow);
    }
    if (end < state_.order.size()) response->set_next_page_token(std::to_string(end));
    return grpc::Status::OK;
  }

  grpc::Status CancelWorkflow(grpc::ServerContext*,
                              const workflow::v1::CancelWorkflowRequest* request,
                              workflow::v1::CancelWorkflowResponse*) override {
    const MutexLock lock(state_.mutex);
    const auto found = state_.workflows.find(request->workflow_id());
    if (found == state_.workflows.end()) return NotFound("no workflow " + request->workflow_id());
    if (found->second.workflow.is_settled()) {
      return {grpc::StatusCode::FAILED_PRECONDITION, "it has settled"};
    }
    state_.cancel_reason = request->reason();
    Workflow workflow = found->second.workflow;
    workflow.status = WorkflowStatus::kCancelled;
    state_.PutLocked(workflow);
    return grpc::Status::OK;
  }

  grpc::Status ReadOutput(grpc::ServerContext*, const workflow::v1::ReadOutputRequest* request,
                          workflow::v1::ReadOutputResponse* response) override {
    const MutexLock lock(state_.mutex);
    const auto found = state_.workflows.find(request->workflow_id());
    if (found == state_.workflows.end()) return NotFound("no workflow " + request->workflow_id());
    for (const graph::NamedValue& output : found->second.workflow.outputs) {
      if (output.name != request->port()) continue;
      graph::ToProto(*output.value, *response->mutable_value());
      return grpc::Status::OK;
    }
    return NotFound("no output " + request->port());
  }

  grpc::Status GetTrace(grpc::ServerContext*, const workflow::v1::GetTraceRequest* request,
                        workflow::v1::GetTraceResponse* response) override {
    const MutexLock lock(state_.mutex);
    const auto found = state_.traces.find(request->loop());
    if (found == state_.traces.end()) return NotFound("no loop " + request->loop());
    const auto& [iterations, page_max] = found->second;
    response->set_total(iterations.size());
    const std::uint32_t count =
        request->limit() == 0 ? page_max : std::min(request->limit(), page_max);
    for (std::uint64_t i = request->offset();
         i < std::min<std::uint64_t>(request->offset() + count, iterations.size()); ++i) {
      workflow::v1::LoopIteration& message = *response->add_iterations();
      for (const graph::NamedValue& output : iterations[i]) {
        graph::ToProto(output, *message.add_outputs());
      }
    }
    return grpc::Status::OK;
  }

  grpc::Status ListWorkers(grpc::ServerContext*, const workflow::v1::ListWorkersRequest*,
                           workflow::v1::ListWorkersResponse* response) override {
    const MutexLock lock(state_.mutex);
    if (state_.replacement.has_value() && --state_.lists_to_replacement == 0) {
      state_.workers.push_back(*std::exchange(state_.replacement, std::nullopt));
    }
    for (const WorkerInfo& worker : state_.workers)
      model::ToProto(worker, *response->add_workers());
    return grpc::Status::OK;
  }

  grpc::Status DrainWorkers(grpc::ServerContext*, const workflow::v1::DrainWorkersRequest* request,
                            workflow::v1::DrainWorkersResponse*) override {
    const MutexLock lock(state_.mutex);
    if (!state_.replaces_slowly) return {grpc::StatusCode::UNIMPLEMENTED, "it cannot drain"};
    state_.workers_at_drains.push_back(state_.workers.size());
    const auto drained = std::ranges::find(state_.workers, request->worker(), [](const auto& each) {
      return each.description.instance.ToString();
    });
    if (drained != state_.workers.end()) {
      constexpr int kLists = 3;
      state_.replacement = *drained;
      state_.replacement->description.instance = Uuid::FromInteger(9000 + state_.workers.size());
      state_.lists_to_replacement = kLists;
      state_.workers.erase(drained);
    }
    return NotFound("there is no worker " + request->worker());
  }

 private:
  State& state_;  // Outlives the service.
};

class FakeBlobService : public blob::v1::BlobService::Service {
 public:
  explicit FakeBlobService(State& state) : state_(state) {}

  grpc::Status StatBlobs(grpc::ServerContext*, const blob::v1::StatBlobsRequest* request,
                         blob::v1::StatBlobsResponse* response) override {
    const MutexLock lock(state_.mutex);
    for (const std::string& digest : request->digests()) {
      const auto found = state_.blobs.find(digest);
      if (found == state_.blobs.end()) continue;
      blob::v1::BlobInfo& info = *response->add_found();
      info.set_digest(digest);
      info.set_size_bytes(found->second.size());
    }
    return grpc::Status::OK;
  }

  grpc::Status ReadBlob(grpc::ServerContext*, const blob::v1::ReadBlobRequest* request,
                        grpc::ServerWriter<blob::v1::ReadBlobResponse>* writer) override {
    std::string bytes;
    {
      const MutexLock lock(state_.mutex);
      const auto found = state_.blobs.find(request->digest());
      if (found == state_.blobs.end()) return NotFound("no such blob");
      bytes = found->second;
      if (std::exchange(state_.is_next_blob_corrupt, false)) bytes.back() ^= 1;
    }
    for (std::size_t at = 0; at < bytes.size(); at += kChunkBytes) {
      blob::v1::ReadBlobResponse response;
      response.set_data(bytes.substr(at, kChunkBytes));
      if (!writer->Write(response)) break;
    }
    return grpc::Status::OK;
  }

  grpc::Status WriteBlob(grpc::ServerContext*,
                         grpc::ServerReader<blob::v1::WriteBlobRequest>* reader,
                         blob::v1::WriteBlobResponse* response) override {
    std::string bytes;
    blob::v1::BlobInfo announced;
    blob::v1::WriteBlobRequest request;
    while (reader->Read(&request)) {
      if (request.has_announced()) announced = request.announced();
      bytes += request.data();
    }
    const std::string digest = DigestKey(Sha256(bytes));
    if (announced.digest() != digest || announced.size_bytes() != bytes.size()) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "not what was announced"};
    }
    *response->mutable_stored() = announced;
    const MutexLock lock(state_.mutex);
    state_.blobs[digest] = std::move(bytes);
    ++state_.blob_writes;
    return grpc::Status::OK;
  }

 private:
  State& state_;  // Outlives the service.
};

}  // namespace fake

class FakeController::Impl {
 public:
  explicit Impl(const std::string& address) : workflows_(state_), blobs_(state_) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.SetMaxReceiveMessageSize(static_cast<int>(rpc::kMessageBytes.max));
    builder.RegisterService(&workflows_);
    builder.RegisterService(&blobs_);
    server_ = builder.BuildAndStart();
    CHECK(server_ != nullptr);
    address_ = address.starts_with("unix:") ? address : fmt::format("127.0.0.1:{}", port);
  }

  ~Impl() {
    {
      const MutexLock lock(state_.mutex);
      state_.is_stopping = true;
      state_.changed.NotifyAll();
    }
    server_->Shutdown();
  }

  fake::State& state() { return state_; }
  const std::string& address() const { return address_; }

 private:
  fake::State state_;
  fake::FakeWorkflowService workflows_;
  fake::FakeBlobService blobs_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

FakeController::FakeController(const std::string& address)
    : impl_(std::make_unique<Impl>(address)) {}
FakeController::~FakeController() = default;

const std::string& FakeController::address() const { return impl_->address(); }

void FakeController::Put(const Workflow& workflow) { impl_->state().Put(workflow); }

void FakeController::SettleSubmissions(const Workflow& end) {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.submission_end = end;
}

void FakeController::BecomeOlder() {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.is_older = true;
}

void FakeController::RefuseNextSubmission(absl::Status status) {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.refusal = std::move(status);
}

void FakeController::LoseNextAnswer() {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.is_next_answer_lost = true;
}

void FakeController::CorruptNextBlob() {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.is_next_blob_corrupt = true;
}

void FakeController::PutTrace(const std::string& loop,
                              std::vector<std::vector<graph::NamedValue>> iterations,
                              std::uint32_t page_max) {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.traces[loop] = {.iterations = std::move(iterations), .page_max = page_max};
}

void FakeController::AddWorker(WorkerInfo worker) {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.workers.push_back(std::move(worker));
}

void FakeController::ReplaceSlowly() {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  state.replaces_slowly = true;
}

std::vector<std::size_t> FakeController::workers_at_drains() const {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  return state.workers_at_drains;
}

graph::Value FakeController::PutBlob(std::string bytes, std::string_view media_type) {
  fake::State& state = impl_->state();
  const graph::BlobRef blob{.digest = Sha256(bytes), .size_bytes = bytes.size()};
  const MutexLock lock(state.mutex);
  state.blobs[fake::DigestKey(blob.digest)] = std::move(bytes);
  return {.content = blob, .media_type = std::string(media_type), .type_name = ""};
}

std::vector<Submission> FakeController::submissions() const {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  return state.submissions;
}

std::string FakeController::BlobBytes(const Digest& digest) const {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  const auto found = state.blobs.find(fake::DigestKey(digest));
  return found == state.blobs.end() ? std::string() : found->second;
}

std::string FakeController::cancel_reason() const {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  return state.cancel_reason;
}

int FakeController::blob_writes() const {
  fake::State& state = impl_->state();
  const MutexLock lock(state.mutex);
  return state.blob_writes;
}

Workflow RunningWorkflow(std::uint64_t id) {
  return {.id = Uuid::FromInteger(id),
          .name = "demo",
          .submitted_at = absl::UnixEpoch(),
          .nodes = {.ready = 1, .running = 2, .finished = 3}};
}

Workflow SucceededWorkflow(std::uint64_t id, std::vector<graph::NamedValue> outputs) {
  Workflow workflow = RunningWorkflow(id);
  workflow.status = WorkflowStatus::kSucceeded;
  workflow.settled_at = absl::UnixEpoch() + absl::Seconds(2);
  workflow.outputs = std::move(outputs);
  return workflow;
}

Workflow FailedWorkflow(std::uint64_t id, std::string message) {
  Workflow workflow = RunningWorkflow(id);
  workflow.status = WorkflowStatus::kFailed;
  workflow.settled_at = absl::UnixEpoch() + absl::Seconds(2);
  workflow.failure = {.location = graph::Location::Parse("-.N2").value(),
                      .function_name = "demo.linspace",
                      .error = {.message = std::move(message)},
                      .worker = "demo",
                      .host = "ada"};
  return workflow;
}

graph::NamedValue Named(std::string name, graph::Value value) {
  return {.name = std::move(name), .value = std::make_shared<const graph::Value>(std::move(value))};
}

}  // namespace orrery::client
