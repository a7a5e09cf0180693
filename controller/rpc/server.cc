#include "controller/rpc/server.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>
#include <unistd.h>
#include <utility>

#include "absl/time/time.h"
#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "controller/rpc/acceptor.h"
#include "controller/rpc/admin_service.h"
#include "controller/rpc/blob_service.h"
#include "controller/rpc/calls.h"
#include "controller/rpc/health_service.h"
#include "controller/rpc/listening.h"
#include "controller/rpc/tag.h"
#include "controller/rpc/turn_end.h"
#include "controller/rpc/worker_sessions.h"
#include "controller/rpc/workflow_rpcs.h"
#include "fmt/format.h"
#include "grpc/support/log.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "rpc/queue_waker.h"

namespace orrery::rpc {
namespace {

// Time for a controller whose storage has failed to answer pending calls.
constexpr absl::Duration kFailedStopTimeout = absl::Seconds(1);

gpr_timespec ToGprTimespec(absl::Time time) {
  if (time == absl::InfiniteFuture()) return gpr_inf_future(GPR_CLOCK_REALTIME);
  if (time == absl::InfinitePast()) return gpr_inf_past(GPR_CLOCK_REALTIME);
  const timespec spec = absl::ToTimespec(time);
  return {.tv_sec = spec.tv_sec,
          .tv_nsec = static_cast<std::int32_t>(spec.tv_nsec),
          .clock_type = GPR_CLOCK_REALTIME};
}

void SetArguments(const Limits& limits, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.message_bytes.max));
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  const auto set = [&builder](const char* argument, const Limit& limit) {
    builder.AddChannelArgument(argument, static_cast<int>(limit.max));
  };
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.calls_per_connection);
  set(GRPC_ARG_MAX_METADATA_SIZE, limits.header_bytes);
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits.handshake_time);
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, limits.idle_time);
  // A few bytes may stand for gigabytes.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(limits.keepalive_interval));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(limits.keepalive_timeout));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Peers may ask for signs of life as often as we do.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             milliseconds(limits.keepalive_interval / 2));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_FRAME_SIZE,
                             static_cast<int>(limits.blob_chunk_bytes.max));
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_RETRIES, 0);
  // Blobs, backups and garbage collection: beside an asynchronous service their threads wait
  // without polling, so that the loop alone polls.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetResourceQuota(grpc::ResourceQuota("orrery")
                               .Resize(limits.transport_bytes.max)
                               .SetMaxThreads(static_cast<int>(limits.service_threads.max)));
}

// gRPC's own lines of log, which otherwise would wait for the reader of stderr.
void LogGrpc(gpr_log_func_args* arguments) {
  LOG(WARNING, "grpc")
      .With("severity", gpr_log_severity_string(arguments->severity))
      .With("source", fmt::format("{}:{}", arguments->file, arguments->line))
      .With("message", arguments->message);
}

grpc::ServerBuilder MakeBuilder() {
  gpr_set_log_function(&LogGrpc);
  return {};
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, const Clock& clock, const blobs::BlobStore& blobs)
      : options_(std::move(options)),
        clock_(clock),
        queue_(builder_.AddCompletionQueue()),
        waker_(*queue_, static_cast<Tag*>(&woken_)),
        mailbox_([this] { waker_.Wake(); }),
        sessions_(clock, turn_end_, mailbox_, options_.sessions),
        blob_service_(MakeBlobService(blobs, limits(), clock)),
        admin_service_(
            options_.backups != nullptr && options_.garbage != nullptr
                ? MakeAdminService(*options_.backups, *options_.garbage, limits().admin_calls)
                : nullptr),
        health_(calls_) {}

  ~Impl() { CloseQueue(); }

  runtime::Transport& transport() { return sessions_; }
  runtime::Mailbox& mailbox() { return mailbox_; }

  ServerEnd Run(runtime::Controller& controller,
                const std::function<void(const std::vector<std::string>&)>& on_ready);

  void Stop() {
    mailbox_.Post([this] { stop_is_wanted_ = true; });
  }

 private:
  const Limits& limits() const { return options_.sessions.limits; }

  absl::StatusOr<std::vector<std::string>> Listen();
  absl::Status WritePortFile() const;
  // Removes the sockets and the port file.
  void RemoveFiles() const;

  void OnWoken(bool) { waker_.Rearm(); }
  void Turn();
  // Returns true if the queue was empty.
  bool HandleEvents(absl::Time deadline);
  absl::Time NextDeadline() const;
  bool MustEnd() const { return stop_is_wanted_ || !controller_->health().ok(); }
  // Turns until `is_done`, or `deadline`.
  void TurnUntil(absl::Time deadline, const std::function<bool()>& is_done);

  void StopServing(absl::Time deadline);
  void ShutDownServer(absl::Time deadline);
  void CloseQueue();

  const ServerOptions options_;
  const Clock& clock_;
  grpc::ServerBuilder builder_ = MakeBuilder();
  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  MemberTag<Impl, &Impl::OnWoken> woken_{*this};
  QueueWaker waker_;
  runtime::Mailbox mailbox_;

  runtime::Controller* controller_ = nullptr;  // Set by Run.
  TurnEnd turn_end_;
  Calls calls_;
  WorkerSessions sessions_;
  std::optional<WorkflowRpcs> workflows_;
  const std::unique_ptr<grpc::Service> blob_service_;
  const std::unique_ptr<grpc::Service> admin_service_;  // Null: not served.
  HealthService health_;
  std::unique_ptr<grpc::Server> server_;

  std::vector<Address> bound_;  // With the ports that the system chose.
  // gRPC's end of the acceptor, which outlives it.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> connections_;
  std::optional<Acceptor> acceptor_;
  bool stop_is_wanted_ = false;
  absl::Time turn_until_ = absl::InfiniteFuture();
  bool queue_is_closed_ = false;
};

ServerEnd Server::Impl::Run(runtime::Controller& controller,
                            const std::function<void(const std::vector<std::string>&)>& on_ready) {
  CHECK(controller_ == nullptr);
  controller_ = &controller;
  const auto storage_failed = [&] {
    return ServerEnd{.reason = EndReason::kStorageFailed, .status = controller.health()};
  };
  controller.Flush();
  while (!controller.is_started() && !MustEnd()) Turn();
  if (!controller.health().ok()) return storage_failed();
  if (stop_is_wanted_) return {};

  workflows_.emplace(controller, calls_, turn_end_, limits());
  const absl::StatusOr<std::vector<std::string>> addresses = Listen();
  if (!addresses.ok()) {
    RemoveFiles();
    return {.reason = EndReason::kCannotListen, .status = addresses.status()};
  }
  workflows_->Start(*queue_);
  sessions_.Start(*queue_, controller);
  health_.Start(*queue_);
  on_ready(*addresses);

  while (!MustEnd()) Turn();
  const bool has_failed = !controller.health().ok();
  StopServing(clock_.Now() + (has_failed ? kFailedStopTimeout : limits().stop_timeout));
  // It may also have failed on the last meters.
  if (!controller.health().ok()) return storage_failed();
  return {};
}

absl::StatusOr<std::vector<std::string>> Server::Impl::Listen() {
  SetArguments(limits(), builder_);
  builder_.RegisterService(&workflows_->service());
  builder_.RegisterService(&sessions_.service());
  builder_.RegisterService(blob_service_.get());
  if (admin_service_ != nullptr) builder_.RegisterService(admin_service_.get());
  builder_.RegisterService(&health_.service());
  std::vector<FileDescriptor> sockets;
  for (const Address& address : options_.listen) {
    ASSIGN_OR_RETURN(Listener listener, rpc::Listen(address));
    bound_.push_back(std::move(listener.bound));
    std::ranges::move(listener.sockets, std::back_inserter(sockets));
  }
  connections_ = builder_.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  server_ = builder_.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC does not start");
  acceptor_.emplace(std::move(sockets), options_.acceptor, clock_, [this](FileDescriptor socket) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket.Release();
    connections_->HandleNewConnection(&connection);
  });
  // Clients that name the address need no file.
  if (absl::Status status = WritePortFile(); !status.ok()) {
    LOG(WARNING, "port_file.not_written").With("status", status);
  }
  std::vector<std::string> addresses;
  for (const Address& address : bound_) addresses.push_back(address.ToString());
  return addresses;
}

absl::Status Server::Impl::WritePortFile() const {
  if (options_.port_file.empty()) return absl::OkStatus();
  for (const Address& address : bound_) {
    if (address.is_unix()) continue;
    return WriteFileAtomically(options_.port_file, fmt::format("{}\n", address.port), Sync::kNone);
  }
  // One of a former controller would mislead.
  unlink(options_.port_file.c_str());
  return absl::OkStatus();
}

void Server::Impl::Turn() {
  const bool is_caught_up = HandleEvents(NextDeadline());
  mailbox_.Drain();
  // After a pause of this process, the workers' signs of life may still be in the queue.
  if (is_caught_up) sessions_.CloseSilent();
  sessions_.AcknowledgeDue();
  if (const auto due = controller_->NextDeadline(); due.has_value() && *due <= clock_.Now()) {
    controller_->Tick();
  }
  sessions_.ReportLost();
  controller_->Flush();
  turn_end_.Run();
}

absl::Time Server::Impl::NextDeadline() const {
  if (!turn_end_.is_empty()) return absl::InfinitePast();
  absl::Time next = turn_until_;
  // The journal thread wakes the loop only for a waiting sender; durable records are found here.
  if (!controller_->is_idle()) next = std::min(next, clock_.Now() + limits().unhurried_interval);
  if (const auto due = controller_->NextDeadline()) next = std::min(next, *due);
  if (const auto due = sessions_.NextDeadline()) next = std::min(next, *due);
  return next;
}

bool Server::Impl::HandleEvents(absl::Time deadline) {
  // gRPC waits for the next millisecond to begin, even if the deadline has just passed.
  if (deadline <= clock_.Now()) deadline = absl::InfinitePast();
  for (int handled = 0; handled < limits().events_per_turn_max; ++handled) {
    void* tag = nullptr;
    bool is_ok = false;
    const absl::Time until = handled == 0 ? deadline : absl::InfinitePast();
    if (queue_->AsyncNext(&tag, &is_ok, ToGprTimespec(until)) != grpc::CompletionQueue::GOT_EVENT) {
      return true;
    }
    static_cast<Tag*>(tag)->OnEvent(is_ok);
  }
  return false;
}

void Server::Impl::TurnUntil(absl::Time deadline, const std::function<bool()>& is_done) {
  turn_until_ = deadline;
  while (!is_done() && clock_.Now() < deadline) Turn();
  turn_until_ = absl::InfiniteFuture();
}

void Server::Impl::StopServing(absl::Time deadline) {
  LOG(INFO, "server.stopping");
  sessions_.Stop("the controller stops");
  TurnUntil(deadline, [this] {
    return !controller_->health().ok() || (controller_->is_idle() && sessions_.is_empty());
  });
  if (controller_->health().ok() && !controller_->is_idle()) {
    LOG(WARNING, "server.stop.late").With("waiting_for", "the journal");
  }
  calls_.StopAll(absl::UnavailableError("the controller stops; try again when it is back"));
  ShutDownServer(deadline);
  // Before Run returns: what is left refers to the controller.
  CloseQueue();
  RemoveFiles();
}

void Server::Impl::RemoveFiles() const {
  for (const Address& address : bound_) {
    if (address.is_unix()) unlink(address.unix_path.c_str());
  }
  if (!options_.port_file.empty()) unlink(options_.port_file.c_str());
}

void Server::Impl::ShutDownServer(absl::Time deadline) {
  acceptor_.reset();
  // It waits for calls to end, and they end on the loop: so it waits on another thread.
  bool is_down = false;
  std::thread waiter([this, deadline, &is_down] {
    server_->Shutdown(ToGprTimespec(deadline));
    mailbox_.Post([&is_down] { is_down = true; });
  });
  // Once it is down, calls that are left over were cancelled and only need to hear of it.
  TurnUntil(absl::InfiniteFuture(), [&is_down] { return is_down; });
  waiter.join();
  TurnUntil(clock_.Now() + kFailedStopTimeout,
            [this] { return sessions_.is_empty() && calls_.is_empty() && turn_end_.is_empty(); });
}

void Server::Impl::CloseQueue() {
  if (std::exchange(queue_is_closed_, true)) return;
  waker_.Close();
  acceptor_.reset();
  if (server_ != nullptr) server_->Shutdown(ToGprTimespec(absl::InfinitePast()));
  queue_->Shutdown();
  void* tag = nullptr;
  bool is_ok = false;
  while (queue_->Next(&tag, &is_ok)) static_cast<Tag*>(tag)->OnEvent(false);
}

Server::Server(ServerOptions options, const Clock& clock, const blobs::BlobStore& blobs)
    : impl_(std::make_unique<Impl>(std::move(options), clock, blobs)) {}

Server::~Server() = default;

runtime::Transport& Server::transport() { return impl_->transport(); }

runtime::Mailbox& Server::mailbox() { return impl_->mailbox(); }

ServerEnd Server::Run(runtime::Controller& controller,
                      const std::function<void(const std::vector<std::string>&)>& on_ready) {
  return impl_->Run(controller, on_ready);
}

void Server::Stop() { impl_->Stop(); }

}  // namespace orrery::rpc
