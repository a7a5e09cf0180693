// What is to be said to one worker, coalesced into as few messages as order allows.
//
// Neighbours of one kind become one message. Acknowledgements are cumulative, so only the newest is
// kept; it goes with the next message, or as one of its own.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "controller/runtime/api.h"
#include "controller/runtime/transport.h"

namespace orrery::rpc {

// The controller stops. What becomes of the worker's process depends on who started it.
struct Farewell {
  enum class Kind { kRestarting, kGoodbye };
  Kind kind = Kind::kRestarting;
  std::string reason;
};

struct Refusal {
  enum class Reason { kProtocolVersion, kCatalogClash, kInvalidHello, kStopping };
  Reason reason = Reason::kInvalidHello;
  std::string message;
};

// One message to be written.
using SessionBatch =
    std::variant<runtime::WelcomeWorker, Refusal, std::vector<runtime::AssignAttempt>,
                 std::vector<runtime::CancelAttempt>, runtime::RevokeAttempts, runtime::DrainWorker,
                 runtime::AcknowledgeOutcomes, Farewell>;

struct OutboxLimits {
  // A batch ends once it has reached one of them.
  std::size_t attempts_max = 0;
  std::size_t bytes_max = 0;
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

  bool is_empty() const { return items_.empty() && acknowledged_ == 0; }

  // Requires !is_empty(). All cancellations of a batch have the same reason.
  SessionBatch Take();
  // The acknowledgement that goes with the batch that was just taken; 0: none.
  std::uint64_t TakeAcknowledged() { return std::exchange(acknowledged_, 0); }

 private:
  using Item =
      std::variant<runtime::WelcomeWorker, Refusal, runtime::AssignAttempt, runtime::CancelAttempt,
                   runtime::RevokeAttempts, runtime::DrainWorker, Farewell>;

  std::vector<runtime::AssignAttempt> TakeAssignments();
  std::vector<runtime::CancelAttempt> TakeCancellations();

  const OutboxLimits limits_;
  std::deque<Item> items_;
  runtime::SessionId session_;
  std::uint64_t acknowledged_ = 0;  // 0: nothing to acknowledge.
};

}  // namespace orrery::rpc
