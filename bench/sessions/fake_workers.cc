#include "bench/sessions/fake_workers.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <unistd.h>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "base/uuid.h"
#include "fmt/format.h"
#include "graph/codec/catalog_codec.h"
#include "graph/codec/time_codec.h"
#include "graph/task.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"
#include "rpc/channel.h"

namespace orrery::bench {
namespace {

namespace proto = worker::v1;

// Each task claims to have taken so long: the controller then sends few in advance, however many
// workers there are.
constexpr absl::Duration kClaimed = absl::Milliseconds(10);
constexpr std::uint64_t kMessageBytes = 16 << 20;

graph::Catalog CatalogOf(std::uint32_t tasks) {
  graph::Catalog catalog{.worker = "bench_worker", .tasks = {}};
  for (std::uint32_t i = 0; i < tasks; ++i) {
    const graph::Type integer = graph::SimpleType(graph::TypeKind::kInt);
    catalog.tasks.push_back(
        {.name = i == 0 ? "noop" : fmt::format("noop{}", i),
         .inputs = {{.name = "x", .type = integer, .formats = {"application/json"}}},
         .outputs = {{.name = "value", .type = integer, .formats = {"application/json"}}}});
  }
  return catalog;
}

// The state that the workers share.
struct Crowd {
  grpc::CompletionQueue queue;
  std::uint32_t connected = 0;
  // As the controller advises.
  absl::Duration heartbeat = absl::Seconds(1);
  absl::Status failure;

  void Fail(std::string why) {
    if (failure.ok()) failure = absl::FailedPreconditionError(std::move(why));
  }
};

class FakeWorker {
 public:
  enum class Event { kStarted, kRead, kWritten, kFinished };
  struct Tag {
    FakeWorker* worker;
    Event event;
  };

  // `crowd` outlives this, and this outlives the events of its queue.
  FakeWorker(Crowd& crowd, const std::shared_ptr<grpc::Channel>& channel, proto::Hello hello)
      : crowd_(crowd), hello_(std::move(hello)), stub_(proto::WorkerService::NewStub(channel)) {
    Connect();
  }

  void Handle(Event event, bool is_ok) {
    switch (event) {
      case Event::kStarted:
        if (!is_ok) return End();
        sequence_ = 0;
        Write([this](proto::SessionRequest& request) { *request.mutable_hello() = hello_; });
        return Read();
      case Event::kRead:
        if (!is_ok) return End();
        Receive();
        return Read();
      case Event::kWritten:
        is_writing_ = false;
        if (is_ending_) return Finish();
        return Answer();
      case Event::kFinished:
        is_ending_ = false;
        return Connect();
    }
  }

  void Beat() {
    if (!is_connected_ || is_writing_) return;  // An outcome says as much.
    Write([](proto::SessionRequest& request) { request.mutable_heartbeat(); });
  }

 private:
  void Connect() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_wait_for_ready(true);
    stream_ = stub_->PrepareAsyncSession(context_.get(), &crowd_.queue);
    stream_->StartCall(&started_);
  }

  void Read() { stream_->Read(&received_, &read_); }

  template <class Fill>
  void Write(const Fill& fill) {
    request_.Clear();
    fill(request_);
    is_writing_ = true;
    stream_->Write(request_, &written_);
  }

  void Receive() {
    if (received_.has_welcome()) {
      hello_.set_session_key(received_.welcome().session_key());
      crowd_.heartbeat = graph::DecodeDuration(received_.welcome().heartbeat_interval());
      is_connected_ = true;
      ++crowd_.connected;
    } else if (received_.has_refused()) {
      crowd_.Fail("a worker was refused: " + received_.refused().message());
    } else if (received_.has_assign()) {
      for (proto::Assignment& assignment : *received_.mutable_assign()->mutable_assignments()) {
        if (assignment.task_index() != 0 || assignment.inputs_size() != 1) {
          return crowd_.Fail("a task other than noop was assigned");
        }
        held_.push_back(std::move(assignment));
      }
      Answer();
    }
  }

  // One outcome a message, as a worker with one slot sends them.
  void Answer() {
    if (held_.empty() || is_writing_) return;
    const proto::Assignment assignment = std::move(held_.front());
    held_.pop_front();
    Write([&](proto::SessionRequest& request) {
      proto::Outcome& outcome = *request.mutable_outcomes()->add_outcomes();
      *outcome.mutable_attempt() = assignment.attempt();
      outcome.set_sequence(++sequence_);
      const absl::Time now = absl::Now();
      graph::EncodeTime(now - kClaimed, *outcome.mutable_started_at());
      graph::EncodeTime(now, *outcome.mutable_finished_at());
      graph::v1::NamedValue& value = *outcome.mutable_outputs()->add_values();
      value = assignment.inputs(0);
      value.set_name("value");
    });
  }

  void End() {
    if (std::exchange(is_connected_, false)) --crowd_.connected;
    is_ending_ = true;
    held_.clear();
    if (!is_writing_) Finish();
  }

  void Finish() { stream_->Finish(&status_, &finished_); }

  Crowd& crowd_;
  proto::Hello hello_;
  const std::unique_ptr<proto::WorkerService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<proto::SessionRequest, proto::SessionResponse>>
      stream_;
  proto::SessionRequest request_;
  proto::SessionResponse received_;
  grpc::Status status_;
  std::deque<proto::Assignment> held_;
  std::uint64_t sequence_ = 0;
  bool is_connected_ = false;
  bool is_writing_ = false;
  bool is_ending_ = false;

  Tag started_{this, Event::kStarted};
  Tag read_{this, Event::kRead};
  Tag written_{this, Event::kWritten};
  Tag finished_{this, Event::kFinished};
};

proto::Hello HelloOf(const FakeWorkersOptions& options) {
  proto::Hello hello;
  hello.add_protocol_versions(1);
  hello.set_host("here");
  hello.set_process_id(static_cast<std::uint32_t>(::getpid()));
  hello.set_slots(1);
  hello.set_sdk_version("bench_sessions");
  hello.set_message_bytes_max(kMessageBytes);
  *hello.mutable_catalog() = graph::ToProto(CatalogOf(options.tasks));
  return hello;
}

}  // namespace

void RunFakeWorkers(const FakeWorkersOptions& options) {
  Crowd crowd;
  std::vector<std::unique_ptr<FakeWorker>> workers;
  proto::Hello hello = HelloOf(options);
  SystemRandom random;
  std::shared_ptr<grpc::Channel> channel;
  for (std::uint32_t i = 0; i < options.workers; ++i) {
    if (i % options.sessions == 0) channel = rpc::OpenChannel(options.server);
    hello.set_instance_id(Uuid::FromRandom(random).ToBytes());
    workers.push_back(std::make_unique<FakeWorker>(crowd, channel, hello));
  }
  bool is_told = false;
  absl::Time beat_at = absl::Now() + crowd.heartbeat;
  while (crowd.failure.ok()) {
    void* what = nullptr;
    bool is_ok = false;
    const auto next = crowd.queue.AsyncNext(&what, &is_ok, absl::ToChronoTime(beat_at));
    if (next == grpc::CompletionQueue::GOT_EVENT) {
      const auto& tag = *static_cast<FakeWorker::Tag*>(what);
      tag.worker->Handle(tag.event, is_ok);
    }
    if (absl::Now() >= beat_at) {
      for (const auto& worker : workers) worker->Beat();
      beat_at = absl::Now() + crowd.heartbeat;
    }
    const bool are_connected = crowd.connected == workers.size();
    if (are_connected && !is_told) {
      fmt::print("connected\n");
      std::fflush(stdout);
    }
    is_told = are_connected;
  }
  fmt::print(stderr, "bench_sessions: {}\n", std::string(crowd.failure.message()));
  std::fflush(stderr);
  // The streams are open, and may not be destroyed.
  std::_Exit(1);
}

}  // namespace orrery::bench
