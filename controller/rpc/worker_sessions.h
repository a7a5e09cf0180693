// All workers' sessions: the worker service, and the transport of the controller's commands.
//
// Threading: confined to the loop thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "controller/rpc/session_host.h"
#include "controller/rpc/turn_end.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/transport.h"

namespace grpc {
class ServerCompletionQueue;
class Service;
}  // namespace grpc

namespace orrery::rpc {

class WorkerSessions final : public runtime::Transport, private SessionHost {
 public:
  // The references outlive it.
  WorkerSessions(const Clock& clock, TurnEnd& turn_end, SessionSettings settings);
  ~WorkerSessions() override;

  // To be registered with the server.
  grpc::Service& service();
  // Begins to take sessions; once, when the server has started. `controller` outlives them.
  void Start(grpc::ServerCompletionQueue& queue, runtime::Controller& controller);

  void Send(runtime::SessionCommand command) override;

  // Says farewell to all, and refuses whoever comes.
  void Stop(const std::string& reason);
  bool is_empty() const { return calls_.empty(); }

  // Closes the sessions that have been silent for too long.
  void CloseSilent();
  // When CloseSilent has something to do.
  std::optional<absl::Time> NextDeadline() const;
  // Tells the controller which sessions are over; whether there were any.
  bool ReportLost();

 private:
  absl::StatusOr<runtime::SessionId> Open(SessionCall& call) override;
  void Lost(runtime::SessionId session) override;
  void Forget(runtime::SessionId session) override;
  bool is_stopping() const override { return is_stopping_; }
  runtime::Controller& controller() override { return *controller_; }
  TurnEnd& turn_end() override { return turn_end_; }
  const Clock& clock() const override { return clock_; }
  const SessionSettings& settings() const override { return settings_; }

  absl::Duration Patience() const;

  const Clock& clock_;
  TurnEnd& turn_end_;
  const SessionSettings settings_;
  // gRPC's part, which this header does not show.
  struct Service;
  const std::unique_ptr<Service> service_;
  runtime::Controller* controller_ = nullptr;  // Set by Start.

  std::map<runtime::SessionId, SessionCall*> calls_;
  // When to look at a session again; it may have spoken since.
  std::set<std::pair<absl::Time, runtime::SessionId>> checks_;
  std::vector<runtime::SessionId> lost_;
  bool is_stopping_ = false;
};

}  // namespace orrery::rpc
