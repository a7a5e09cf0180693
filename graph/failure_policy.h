// What is done when an attempt of a task fails, or takes too long.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "graph/datum.h"

namespace orrery::graph {

inline constexpr std::uint32_t kAttemptsMax = 1000;
// However often it has doubled.
inline constexpr absl::Duration kBackoffMax = absl::Hours(1);
inline constexpr absl::Duration kTimeoutMax = absl::Hours(24 * 365);

// What is not set is left to the next who has a say: the submission for the task, the submission
// for all tasks, the graph's node, the default.
struct FailurePolicy {
  // How many attempts may be made if they end with errors; default 1. Workers that die are counted
  // apart.
  std::optional<std::uint32_t> attempts;
  // From an attempt that failed to the next; twice as long each time, up to kBackoffMax. Default 1
  // s.
  std::optional<absl::Duration> backoff;
  // For one attempt, from its start at the worker; default: no limit.
  std::optional<absl::Duration> run_timeout;
  // From being ready to being given to a worker; default: no limit.
  std::optional<absl::Duration> queue_timeout;

  bool is_empty() const { return *this == FailurePolicy(); }
  // kInvalidArgument names the field that is out of its range, with the range.
  absl::Status Check() const;

  friend bool operator==(const FailurePolicy&, const FailurePolicy&) = default;
};

inline constexpr std::string_view kAllTasks = "*";
inline constexpr std::string_view kNoPolicyForBuiltins =
    "a builtin has no failure policy: it gives the same each time it is run";
inline constexpr std::string_view kNoRetryForEffectOnce =
    "the task takes effect at most once: its policy can allow no more than 1 attempt";
inline constexpr std::size_t kRulesMax = 1000;

// How a submission wants failures to be dealt with.
struct FailureRules {
  // By "worker.task", or kAllTasks; they go before what the graph says.
  std::map<std::string, FailurePolicy, std::less<>> policies;
  // After a failure all that does not depend on it is still run; otherwise nothing is started.
  bool continues = false;

  // As FailurePolicy::Check; it names the task.
  absl::Status Check() const;

  friend bool operator==(const FailureRules&, const FailureRules&) = default;
};

// Fields that are not set are left out; durations are seconds.
Object PolicyToObject(const FailurePolicy& policy);
// The other way round, checked. kInvalidArgument names the field.
absl::StatusOr<FailurePolicy> PolicyFromDatum(const Datum& datum);

// What `first` sets, and for the rest `second`.
FailurePolicy Combine(const FailurePolicy& first, const FailurePolicy& second);

// From an attempt that failed to the next one, when `failed` attempts have; no overflow.
absl::Duration BackoffAfter(absl::Duration backoff, std::uint32_t failed);

}  // namespace orrery::graph
