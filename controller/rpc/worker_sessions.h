// The worker service: owns all sessions and transports the controller's commands.
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
  // Requires: the references outlive this object.
  WorkerSessions(const Clock& clock, TurnEnd& turn_end, SessionSettings settings);
  ~WorkerSessions() override;

  // Returns the service to register with the server.
  grpc::Service& service();
  // Starts to accept sessions. Call once, when the server has started. Requires: `controller`
  // outlives the sessions.
  void Start(grpc::ServerCompletionQueue& queue, runtime::Controller& controller);

  void Send(runtime::SessionCommand command) override;

  // Ends all sessions, and refuses new ones.
  void Stop(const std::string& reason);
  bool is_empty() const { return calls_.empty(); }

  // Closes the sessions whose last message is too old.
  void CloseSilent();
  // Returns the time of the next CloseSilent; nullopt if there are no sessions.
  std::optional<absl::Time> NextDeadline() const;
  // Tells the controller which sessions have ended. Returns true if there were any.
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
  // gRPC's types, which this header does not include.
  struct Service;
  const std::unique_ptr<Service> service_;
  runtime::Controller* controller_ = nullptr;  // Set by Start.

  std::map<runtime::SessionId, SessionCall*> calls_;
  // When to check each session again; it may have sent a message since.
  std::set<std::pair<absl::Time, runtime::SessionId>> checks_;
  std::vector<runtime::SessionId> lost_;
  bool is_stopping_ = false;
};

}  // namespace orrery::rpc
