// The worker service: owns all sessions and transports the controller's commands.
//
// Threading: confined to the loop thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "controller/rpc/catalog_cache.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/session_rate.h"
#include "controller/rpc/turn_end.h"
#include "controller/runtime/api.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/io_thread.h"
#include "controller/runtime/mailbox.h"
#include "controller/runtime/transport.h"

namespace grpc {
class ServerCompletionQueue;
class Service;
}  // namespace grpc

namespace orrery::rpc {

// Takes a line that an attempt of the workflow logged. Must not block.
using LogSink = std::function<void(const Uuid& workflow, std::string line)>;

struct SessionSettings {
  // The folder that workers may use directly, and the token that they must know.
  std::string storage_root;
  std::string storage_token;
  // A power cut may lose a blob that a worker writes.
  bool blobs_need_no_sync = false;
  LogSink log;
  SessionRateSettings rate;
  Limits limits;
};

class SessionCall;

class WorkerSessions final : public runtime::Transport {
 public:
  // Requires: the references outlive this object.
  WorkerSessions(const Clock& clock, TurnEnd& turn_end, runtime::Mailbox& mailbox,
                 SessionSettings settings);
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

  // Closes the sessions whose last message is too old. Call it whenever all that has arrived was
  // read. A time in which it was not called for long does not count as the workers' silence.
  void CloseSilent();
  // Sends the acknowledgements that no other message has brought in time.
  void AcknowledgeDue();
  // Returns the time of the next CloseSilent or AcknowledgeDue; nullopt if there are no sessions.
  std::optional<absl::Time> NextDeadline() const;
  // Tells the controller which sessions have ended. Returns true if there were any.
  bool ReportLost();

  // --- For the sessions ---

  // Takes a stream that has arrived. kResourceExhausted: there are too many.
  absl::StatusOr<runtime::SessionId> Open(SessionCall& call);
  // Looks for a worker's storage proof on another thread, then tells the session, if it is still
  // there.
  void CheckStorage(runtime::SessionId session, std::string proof);
  // Calls the session's SendDueAcknowledgement after the delay of acknowledgements.
  void AcknowledgeLater(runtime::SessionId session);
  // Called once, when nothing more is heard from a session: the controller is told before the turn
  // ends.
  void Lost(runtime::SessionId session);
  // Called when the call of the session ends.
  void Remove(runtime::SessionId session);

  bool is_stopping() const { return is_stopping_; }
  SessionRate& rate() { return rate_; }
  runtime::Controller& controller() { return *controller_; }
  TurnEnd& turn_end() { return turn_end_; }
  const Clock& clock() const { return clock_; }
  const SessionSettings& settings() const { return settings_; }
  CatalogCache& catalogs() { return catalogs_; }

 private:
  absl::Duration HeartbeatTimeout() const;

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
  // Sessions with an acknowledgement that waits, the first that is due first.
  std::deque<std::pair<absl::Time, runtime::SessionId>> acknowledgements_;
  SessionRate rate_;
  // When CloseSilent was last called, and since when it was called often enough.
  absl::Time listened_at_ = absl::InfinitePast();
  absl::Time listens_since_ = absl::InfinitePast();
  std::vector<runtime::SessionId> lost_;
  CatalogCache catalogs_;
  bool is_stopping_ = false;

  runtime::IoThread storage_checks_;  // Last: its messages use everything above.
};

}  // namespace orrery::rpc
