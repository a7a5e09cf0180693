// Everything a worker holds for its controller, and what each event does to it.
//
// An attempt waits, runs, and has finished; its outcome is kept until the controller says that it
// is durable. A lost connection changes nothing but this: what has not started must not start. The
// next session declares what is held (Declare), and the controller's verdicts (Resume) decide what
// goes on. All decisions of the session protocol are here, without connection, clock or threads.
//
// Invariants:
//   * an outcome is sent at most once in a session, and in every session until it is committed;
//   * an attempt is held until its outcome is committed, or it is released or abandoned;
//   * nothing starts between Disconnect and a Resume that keeps it.
//
// Threading: thread-compatible; AttemptBoard guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/tail_buffer.h"
#include "graph/canonical.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "worker_sdk/cpp/cancellation.h"
#include "worker_sdk/cpp/session/assignment.h"

namespace orrery {

inline constexpr Limit kFinishedAttempts{
    .name = "finished_attempts",
    .max = 20'000,
    .unit = LimitUnit::kCount,
    .of = "attempts that a worker has finished and the controller has not committed",
    .beyond = "the worker starts no other until the controller has committed some"};

inline constexpr Limit kOutcomeBatch{.name = "outcome_batch",
                                     .max = 1000,
                                     .unit = LimitUnit::kCount,
                                     .of = "outcomes in one message of a worker",
                                     .beyond = "the others follow in the next message"};
inline constexpr Limit kOutcomeBatchBytes{
    .name = "outcome_batch_bytes",
    .max = 2 * 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "outcomes in one message of a worker, but at least one",
    .beyond = "the others follow in the next message"};

enum class Verdict { kKeep, kAbandon };

struct AttemptVerdict {
  model::AttemptId attempt;
  Verdict verdict = Verdict::kKeep;
};

struct CancelRequest {
  std::vector<model::AttemptId> attempts;
  std::string reason;
  // Time at which the worker stops waiting for a task that ignores the cancellation.
  absl::Time deadline;
};

// An attempt that a slot runs.
struct StartedAttempt {
  std::shared_ptr<const Assignment> assignment;  // Without inputs.
  std::vector<graph::NamedValue> inputs;
  absl::Time started_at;
  CancellationToken cancellation;
};

class HeldAttempts {
 public:
  HeldAttempts() = default;
  HeldAttempts(const HeldAttempts&) = delete;
  HeldAttempts& operator=(const HeldAttempts&) = delete;

  // Returns the attempts for the Hello of a new session. Requires: no session is open.
  std::vector<model::HeldAttempt> Declare();
  // Applies the verdicts of the Welcome: discards abandoned attempts, continues the others, and
  // numbers outcomes from 1.
  //
  // Errors: kInvalidArgument if a declared attempt has no verdict; the session must end.
  absl::Status Resume(std::span<const AttemptVerdict> verdicts);
  void Disconnect();

  // Ignores an attempt that is held already.
  void Assign(Assignment assignment);
  // Releases the attempts that have not started, and those that are not held, so that the
  // controller learns that.
  void Revoke(std::span<const model::AttemptId> attempts);
  // Releases the attempts that wait or whose outcome was not sent; tells running tasks.
  void Cancel(const CancelRequest& request);
  // Deletes the outcomes of this session up to `sequence`.
  void Commit(std::uint64_t sequence);

  // Starts the attempt that has waited longest; returns nullopt if none waits.
  std::optional<StartedAttempt> Start(absl::Time now);
  void Finish(model::AttemptId attempt, model::TaskResult result, absl::Time now);
  void ReportProgress(model::AttemptProgress progress);
  // Keeps the end of what a running attempt logs and writes, for its error. Absent: nobody knows
  // which of those that run wrote it.
  void AppendOutput(std::optional<model::AttemptId> author, std::string_view text);

  // Visits the next outcomes to write, in the order they came about; at least one if there is any,
  // then as many as fit. They are encoded where they are: a copy of each would cost more than what
  // others wait meanwhile.
  void TakeOutcomes(std::size_t count_max, std::size_t bytes_max,
                    absl::FunctionRef<void(const model::Outcome&)> visit);
  // Attempts to tell the controller as released.
  std::vector<model::AttemptId> TakeReleased();
  // The latest progress of running attempts; empty if nothing has changed since the last call.
  std::vector<model::AttemptProgress> TakeProgress();

  // Gives back everything that waits.
  void ReleaseWaiting();
  // Tells every running task.
  void CancelRunning(std::string_view reason);
  // Leaves behind running tasks that were told to stop and have not by `now`; tells those that have
  // run too long to stop, and gives them the outcome of a timeout at once.
  void Expire(absl::Time now);
  // When Expire next does something.
  std::optional<absl::Time> NextDeadline() const;

  bool IsHolding(model::AttemptId attempt) const { return attempts_.contains(attempt); }
  bool is_empty() const { return attempts_.empty(); }
  std::size_t running_count() const { return running_.size(); }
  bool can_start() const {
    const std::size_t finished = attempts_.size() - waiting_.size() - running_.size();
    return is_connected_ && !waiting_.empty() && finished < kFinishedAttempts.max;
  }

 private:
  enum class State { kWaiting, kRunning, kFinished };

  struct Held {
    std::shared_ptr<const Assignment> assignment;  // Without inputs.
    std::vector<graph::NamedValue> inputs;         // Until it starts.
    State state = State::kWaiting;
    std::optional<CancellationSource> cancellation;  // Once it has started.
    bool is_cancelled = false;
    absl::Time grace_deadline = absl::InfiniteFuture();
    absl::Time run_deadline = absl::InfiniteFuture();
    std::optional<model::TaskProgress> progress;
    TailBuffer output{kOutputTailBytes.max + 1};  // One more shows that something is cut off.
    bool is_output_shared = false;
    absl::Time started_at;
    // Order of finishing; outcomes are sent again in it.
    std::uint64_t finish_order = 0;
    model::Outcome outcome;
  };
  using Attempts = std::map<model::AttemptId, Held>;

  void Abandon(Attempts::iterator it);
  void Erase(Attempts::iterator it);
  void Settle(Held& held, model::TaskResult result, absl::Time now);
  // Deletes an attempt and tells the controller.
  void Release(model::AttemptId attempt);
  void QueueFinished();
  static std::size_t EstimateBytes(const model::Outcome& outcome);

  bool is_connected_ = false;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t last_finish_order_ = 0;
  bool has_new_progress_ = false;
  Attempts attempts_;
  // Attempts in state kWaiting, oldest first.
  std::deque<model::AttemptId> waiting_;
  // Attempts in state kRunning.
  absl::btree_set<model::AttemptId> running_;
  // Attempts in state kFinished without a sequence, oldest first.
  std::deque<model::AttemptId> unsent_;
  // Sent in this session and not committed, by sequence.
  std::deque<std::pair<std::uint64_t, model::AttemptId>> sent_;
  std::vector<model::AttemptId> released_;
};

}  // namespace orrery
