// Collects the messages to one worker, and merges them as far as their order allows.
//
// Consecutive commands of one kind become one message. Acknowledgements are cumulative, so only the
// newest is kept; it is sent with the next message, or in one of its own when it is due.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "base/limit.h"
#include "controller/runtime/api.h"
#include "controller/runtime/transport.h"

namespace orrery::rpc {

// Says that the controller stops: kGoodbye to workers that die with it, kRestarting to the others.
struct Farewell {
  enum class Kind { kRestarting, kGoodbye };
  Kind kind = Kind::kRestarting;
  std::string reason;
};

struct Refusal {
  enum class Reason { kProtocolVersion, kCatalogClash, kInvalidHello, kStopping, kNotAllowed };
  Reason reason = Reason::kInvalidHello;
  std::string message;
  // The worker may connect again after this duration; nothing: it must not.
  std::optional<absl::Duration> retry_after = {};
};

// The content of one message.
using SessionBatch =
    std::variant<runtime::WelcomeWorker, Refusal, std::vector<runtime::AssignAttempt>,
                 std::vector<runtime::CancelAttempt>, runtime::RevokeAttempts, runtime::DrainWorker,
                 runtime::AcknowledgeOutcomes, Farewell>;

// A batch is full when it reaches one of the limits.
struct OutboxLimits {
  Limit attempts;
  Limit bytes;
};

class SessionOutbox {
 public:
  explicit SessionOutbox(OutboxLimits limits) : limits_(limits) {}

  void Add(runtime::WelcomeWorker welcome);
  void Add(Refusal refusal);
  void Add(runtime::AssignAttempt assignment);
  void Add(runtime::CancelAttempt cancellation);
  void Add(runtime::RevokeAttempts revocation);
  void Add(runtime::DrainWorker drain);
  void Add(runtime::AcknowledgeOutcomes acknowledgement);
  void Add(Farewell farewell);

  // The acknowledgement waits for no other message any more.
  void AcknowledgeNow() { is_acknowledgement_due_ = true; }

  bool has_acknowledgement() const { return acknowledged_ != 0; }
  // Returns true if nothing is to be sent now.
  bool is_empty() const {
    return items_.empty() && !(has_acknowledgement() && is_acknowledgement_due_);
  }

  // Returns the next batch. All cancellations in a batch have the same reason.
  //
  // Requires: !is_empty().
  SessionBatch Take();
  // Returns the acknowledgement to send with the last batch; 0: none.
  std::uint64_t TakeAcknowledged() {
    is_acknowledgement_due_ = false;
    return std::exchange(acknowledged_, 0);
  }

 private:
  using Item =
      std::variant<runtime::WelcomeWorker, Refusal, runtime::AssignAttempt, runtime::CancelAttempt,
                   runtime::RevokeAttempts, runtime::DrainWorker, Farewell>;

  std::vector<runtime::AssignAttempt> TakeAssignments();
  std::vector<runtime::CancelAttempt> TakeCancellations();

  const OutboxLimits limits_;
  std::deque<Item> items_;
  runtime::SessionId session_;
  std::uint64_t acknowledged_ = 0;  // 0: none.
  bool is_acknowledgement_due_ = false;
};

}  // namespace orrery::rpc
