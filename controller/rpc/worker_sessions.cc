#include "controller/rpc/worker_sessions.h"

#include <algorithm>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/coverage_mark.h"
#include "base/status_macros.h"
#include "base/storage_proof.h"
#include "controller/rpc/session_call.h"
#include "fmt/format.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"

namespace orrery::rpc {
namespace {

// A loop that did not turn for this part of the heartbeat timeout has stalled: shorter stalls leave
// time enough to read a heartbeat.
constexpr int kStallShare = 3;

}  // namespace

struct WorkerSessions::Service {
  worker::v1::WorkerService::AsyncService service;
};

WorkerSessions::WorkerSessions(const Clock& clock, TurnEnd& turn_end, runtime::Mailbox& mailbox,
                               SessionSettings settings)
    : clock_(clock),
      turn_end_(turn_end),
      settings_(std::move(settings)),
      service_(std::make_unique<Service>()),
      rate_(settings_.rate),
      storage_checks_(mailbox) {}

WorkerSessions::~WorkerSessions() = default;

grpc::Service& WorkerSessions::service() { return service_->service; }

void WorkerSessions::Start(grpc::ServerCompletionQueue& queue, runtime::Controller& controller) {
  CHECK(controller_ == nullptr);
  controller_ = &controller;
  SessionCall::Await({.service = service_->service, .queue = queue, .sessions = *this});
}

void WorkerSessions::Send(runtime::SessionCommand command) {
  const runtime::SessionId session =
      std::visit([](const auto& any) { return any.session; }, command);
  const auto call = calls_.find(session);
  if (call != calls_.end()) call->second->Send(std::move(command));
}

void WorkerSessions::Stop(const std::string& reason) {
  is_stopping_ = true;
  for (const auto& [id, call] : calls_) call->SayFarewell(reason);
}

void WorkerSessions::CloseSilent() {
  const absl::Time now = clock_.Now();
  // Between two calls the loop waited for messages, but no longer than NextDeadline; if it took
  // longer, it did not read what workers sent.
  if (now - listened_at_ > HeartbeatTimeout() / kStallShare) {
    COVERAGE_MARK("sessions.stall_excused");
    listens_since_ = now;
  }
  listened_at_ = now;
  while (!checks_.empty() && checks_.begin()->first <= now) {
    const runtime::SessionId session = checks_.begin()->second;
    checks_.erase(checks_.begin());
    const auto call = calls_.find(session);
    if (call == calls_.end()) continue;
    const absl::Time deadline =
        std::max(call->second->heard_at(), listens_since_) + HeartbeatTimeout();
    if (deadline > now) {
      checks_.emplace(deadline, session);
      continue;
    }
    call->second->Close(absl::DeadlineExceededError(fmt::format(
        "nothing was heard for {}", absl::FormatDuration(now - call->second->heard_at()))));
  }
}

void WorkerSessions::AcknowledgeLater(runtime::SessionId session) {
  acknowledgements_.emplace_back(clock_.Now() + settings_.limits.acknowledgement_delay, session);
}

void WorkerSessions::AcknowledgeDue() {
  const absl::Time now = clock_.Now();
  while (!acknowledgements_.empty() && acknowledgements_.front().first <= now) {
    const auto call = calls_.find(acknowledgements_.front().second);
    acknowledgements_.pop_front();
    if (call != calls_.end()) call->second->SendDueAcknowledgement();
  }
}

std::optional<absl::Time> WorkerSessions::NextDeadline() const {
  if (checks_.empty()) return std::nullopt;
  // Twice as often as a stall is noticed.
  const absl::Time next =
      std::min(checks_.begin()->first, listened_at_ + HeartbeatTimeout() / (2 * kStallShare));
  return acknowledgements_.empty() ? next : std::min(next, acknowledgements_.front().first);
}

bool WorkerSessions::ReportLost() {
  const std::vector<runtime::SessionId> lost = std::exchange(lost_, {});
  for (const runtime::SessionId session : lost) controller_->OnSessionLost(session);
  return !lost.empty();
}

absl::StatusOr<runtime::SessionId> WorkerSessions::Open(SessionCall& call) {
  RETURN_IF_ERROR(CheckLimit(settings_.limits.sessions, "the list of connected workers",
                             calls_.size() + 1, "start fewer workers with more slots",
                             absl::StatusCode::kResourceExhausted));
  const runtime::SessionId session = controller_->NewSession();
  calls_[session] = &call;
  checks_.emplace(call.heard_at() + HeartbeatTimeout(), session);
  return session;
}

void WorkerSessions::CheckStorage(runtime::SessionId session, std::string proof) {
  storage_checks_.Add([this, session, proof = std::move(proof)]() -> runtime::Mailbox::Message {
    const bool is_seen = TakeStorageProof(settings_.storage_root, proof);
    return [this, session, is_seen] {
      const auto call = calls_.find(session);
      if (call != calls_.end()) call->second->OnStorageChecked(is_seen);
    };
  });
}

void WorkerSessions::Lost(runtime::SessionId session) {
  if (calls_.contains(session)) lost_.push_back(session);
}

void WorkerSessions::Remove(runtime::SessionId session) { calls_.erase(session); }

absl::Duration WorkerSessions::HeartbeatTimeout() const {
  return settings_.limits.heartbeat_interval *
         static_cast<std::int64_t>(settings_.limits.silent_intervals.max);
}

}  // namespace orrery::rpc
