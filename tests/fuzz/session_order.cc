// Messages of workers in any order, over gRPC: they follow from those of another session, are late,
// repeated, forged or not even messages.
//
// Afterwards the controller must end every workflow that it accepted, and serve a worker that keeps
// to the protocol. It outlives each input; the next one has other workers and workflows.
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "base/mutex.h"
#include "base/uuid.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/parse_message.h"
#include "tests/unit/controller/rpc/test_server.h"

namespace orrery::fuzz {
namespace {

namespace worker_proto = orrery::worker::v1;
namespace workflow_proto = orrery::workflow::v1;

constexpr int kSteps = 16;
constexpr std::size_t kSessions = 2;

// A session whose responses are read by a thread, because none may come.
class Session {
 public:
  Session(worker_proto::WorkerService::Stub& stub, const worker_proto::SessionRequest& first)
      : stream_(stub.Session(&context_)) {
    Send(first);
    reader_ = std::thread([this] { ReadAll(); });
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    stream_->WritesDone();
    if (!is_polite_) context_.TryCancel();
    reader_.join();
    stream_->Finish();
  }

  void Send(const worker_proto::SessionRequest& request) { stream_->Write(request); }
  // From now on it ends when the controller ends it.
  void BePolite() { is_polite_ = true; }
  // Adds the assignments that have come since the last call.
  void TakeAssignments(std::vector<worker_proto::Assignment>& assignments) {
    const MutexLock lock(mutex_);
    for (worker_proto::Assignment& each : arrived_) assignments.push_back(std::move(each));
    arrived_.clear();
  }

 private:
  void ReadAll() {
    worker_proto::SessionResponse response;
    while (stream_->Read(&response)) {
      const MutexLock lock(mutex_);
      for (worker_proto::Assignment& each : *response.mutable_assign()->mutable_assignments()) {
        arrived_.push_back(std::move(each));
      }
    }
  }

  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<worker_proto::SessionRequest, worker_proto::SessionResponse>>
      stream_;
  bool is_polite_ = false;
  Mutex mutex_;
  std::deque<worker_proto::Assignment> arrived_ GUARDED_BY(mutex_);
  std::thread reader_;
};

class Controller : public rpc::TestServer {
 public:
  Controller() {
    // OpenSSL ends after what was made after it: before its end, the threads must give back theirs.
    (void)Sha256("");
    rpc::Limits limits;
    limits.batch_attempts.max = 2;
    Start(limits, {.reconnect_grace = absl::Milliseconds(1), .held_attempts = {.max = 4}});
  }

  workflow_proto::WorkflowService::Stub& workflows() { return *workflows_; }
  worker_proto::WorkerService::Stub& workers() { return *workers_; }
};

Controller& TheController() {
  static Controller controller;
  return controller;
}

class Scene {
 public:
  explicit Scene(ByteReader& reader) : reader_(reader) {
    static std::uint64_t scenes = 0;
    first_id_ = 1000 * ++scenes;
  }

  void Play() {
    for (int step = 0; step < kSteps && !reader_.is_at_end(); ++step) {
      Step();
      // Answered after what was sent before on the same connection.
      CHECK(Get(IdOf(0).ToString()).error_code() == grpc::StatusCode::NOT_FOUND);
      for (auto& session : sessions_) {
        if (session != nullptr) session->TakeAssignments(assignments_);
      }
    }
    for (auto& session : sessions_) session.reset();
    for (const std::string& id : accepted_) {
      const grpc::Status status = Cancel(id);
      CHECK(status.ok() || status.error_code() == grpc::StatusCode::FAILED_PRECONDITION);
    }
    ServeAnother();
  }

 private:
  void Step() {
    const std::size_t index = reader_.Below(kSessions);
    std::unique_ptr<Session>& session = sessions_[index];
    switch (reader_.Below(8)) {
      case 0:
        session.reset();
        session = std::make_unique<Session>(TheController().workers(),
                                            reader_.Below(8) == 1 ? Any() : Hello());
        return;
      case 1:
        return Submit();
      case 2:
        if (session != nullptr && reader_.Chance()) session->BePolite();
        session.reset();
        return;
      default:
        if (session != nullptr) session->Send(Message());
    }
  }

  worker_proto::SessionRequest Hello() {
    worker_proto::SessionRequest request = Controller::AdaHello();
    worker_proto::Hello& hello = *request.mutable_hello();
    hello.set_instance_id(IdOf(7 + reader_.Below(2)).ToBytes());
    if (reader_.Below(8) == 1) hello.set_session_key(std::string(reader_.Text(8)));
    if (reader_.Chance()) hello.set_slots(reader_.Byte());
    if (reader_.Below(4) == 1) hello.mutable_catalog()->mutable_tasks(0)->set_effect_once(true);
    if (reader_.Below(8) == 1) hello.mutable_catalog()->mutable_tasks(0)->set_version("2");
    for (std::size_t count = reader_.Below(6); count > 0; --count) {
      worker_proto::HeldAttempt& held = *hello.add_held();
      *held.mutable_attempt() = Attempt();
      held.set_task("double");
      held.set_state(reader_.Chance() ? worker_proto::HELD_STATE_RUNNING
                                      : worker_proto::HELD_STATE_FINISHED);
      if (assignments_.empty()) continue;
      const worker_proto::Assignment& known = assignments_[reader_.Below(assignments_.size())];
      *held.mutable_node() = known.node();
      held.set_inputs_digest(known.inputs_digest());
      if (reader_.Below(4) == 1) held.mutable_node()->set_location(std::string(reader_.Text(8)));
    }
    return request;
  }

  worker_proto::SessionRequest Message() {
    worker_proto::SessionRequest request;
    switch (reader_.Below(6)) {
      case 0:
        if (assignments_.empty()) return Any();
        request =
            Controller::OutcomeOf(assignments_[reader_.Below(assignments_.size())], ++sequence_,
                                  reader_.Chance() ? "7" : std::string(reader_.Text(8)));
        if (reader_.Below(4) == 1)
          request.mutable_outcomes()->mutable_outcomes(0)->set_sequence(reader_.Byte());
        return request;
      case 1: {
        worker_proto::Outcome& outcome = *request.mutable_outcomes()->add_outcomes();
        *outcome.mutable_attempt() = Attempt();
        outcome.set_sequence(reader_.Chance() ? ++sequence_ : reader_.Number());
        outcome.mutable_error()->set_message(std::string(reader_.Text(16)));
        return request;
      }
      case 2:
        for (std::size_t count = reader_.Below(4); count > 0; --count) {
          *request.mutable_released()->add_attempts() = Attempt();
        }
        return request;
      case 3: {
        worker_proto::Heartbeat& heartbeat = *request.mutable_heartbeat();
        heartbeat.set_stuck_slots(reader_.Byte());
        worker_proto::Progress& progress = *heartbeat.add_progress();
        *progress.mutable_attempt() = Attempt();
        progress.set_fraction(reader_.Byte() / 100.0);
        return request;
      }
      case 4:
        return reader_.Chance() ? Hello() : Any();
      default:
        return Any();
    }
  }

  // A message if the next bytes are one.
  worker_proto::SessionRequest Any() {
    worker_proto::SessionRequest request;
    ParseMessage(reader_.Text(200), request);
    return request;
  }

  // Mostly one that was assigned.
  worker_proto::AttemptId Attempt() {
    worker_proto::AttemptId attempt;
    if (!assignments_.empty()) {
      attempt = assignments_[reader_.Below(assignments_.size())].attempt();
    }
    if (reader_.Below(4) == 1) attempt.set_epoch(reader_.Byte());
    if (reader_.Below(4) == 1) attempt.set_number(attempt.number() + reader_.Byte());
    return attempt;
  }

  void Submit() {
    constexpr std::size_t kWorkflows = 4;
    const std::string id = IdOf(100 + reader_.Below(kWorkflows)).ToString();
    grpc::ClientContext context;
    workflow_proto::SubmitWorkflowResponse response;
    const grpc::Status status = TheController().workflows().SubmitWorkflow(
        &context, Controller::DoubleWorkflow(id), &response);
    if (status.ok()) accepted_.push_back(id);
  }

  grpc::Status Get(const std::string& id) {
    grpc::ClientContext context;
    workflow_proto::GetWorkflowRequest request;
    request.set_workflow_id(id);
    return TheController().workflows().GetWorkflow(&context, request, &got_);
  }

  grpc::Status Cancel(const std::string& id) {
    grpc::ClientContext context;
    workflow_proto::CancelWorkflowRequest request;
    request.set_workflow_id(id);
    workflow_proto::CancelWorkflowResponse response;
    return TheController().workflows().CancelWorkflow(&context, request, &response);
  }

  void ServeAnother() {
    rpc::TestWorker eve(TheController().workers());
    worker_proto::SessionRequest hello = Controller::AdaHello();
    hello.mutable_hello()->set_instance_id(IdOf(9).ToBytes());
    hello.mutable_hello()->mutable_catalog()->set_worker("eve");
    eve.Send(hello);
    auto response = eve.Receive();
    CHECK(response.has_value() && response->has_welcome());
    const std::string id = IdOf(200).ToString();
    workflow_proto::SubmitWorkflowRequest request = Controller::DoubleWorkflow(id);
    request.mutable_graph()->mutable_nodes(1)->mutable_function()->set_function_name("eve.double");
    grpc::ClientContext context;
    workflow_proto::SubmitWorkflowResponse submitted;
    CHECK(TheController().workflows().SubmitWorkflow(&context, request, &submitted).ok());
    response = eve.Receive();
    CHECK(response.has_value() && response->has_assign());
    eve.Send(Controller::OutcomeOf(response->assign().assignments(0), 1, "42"));
    while (got_.workflow().status() != workflow_proto::WORKFLOW_STATUS_SUCCEEDED) {
      CHECK(Get(id).ok());
    }
  }

  Uuid IdOf(std::uint64_t number) const { return Uuid::FromInteger(first_id_ + number); }

  ByteReader& reader_;
  std::uint64_t first_id_ = 0;
  std::array<std::unique_ptr<Session>, kSessions> sessions_;
  std::vector<worker_proto::Assignment> assignments_;
  std::vector<std::string> accepted_;
  std::uint64_t sequence_ = 0;
  workflow_proto::GetWorkflowResponse got_;
};

}  // namespace

void TestOneInput(std::string_view bytes) {
  ByteReader reader(bytes);
  Scene(reader).Play();
}

}  // namespace orrery::fuzz
