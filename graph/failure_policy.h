// The rules for attempts that fail or take too long.
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
#include "base/limit.h"
#include "graph/datum.h"

namespace orrery::graph {

inline constexpr Limit kPolicyAttempts{.name = "policy_attempts",
                                       .max = 1000,
                                       .unit = LimitUnit::kCount,
                                       .of = "`attempts` of a failure policy",
                                       .beyond = "the graph or the submission is refused"};
inline constexpr Limit kBackoffTime{
    .name = "backoff_time",
    .max = 3'600'000,
    .unit = LimitUnit::kMilliseconds,
    .of = "`backoff` of a failure policy, or the delay before any retry",
    .beyond = "the graph or the submission is refused; a doubled delay ends there"};
inline constexpr Limit kPolicyTimeout{
    .name = "policy_timeout",
    .max = 31'536'000'000,
    .unit = LimitUnit::kMilliseconds,
    .of = "`run_timeout` or `queue_timeout` of a failure policy",
    .beyond = "the graph or the submission is refused; without a timeout, attempts have none"};

// An unset field takes the value of the next of these: the submission's policy for the task, the
// submission's policy for all tasks, the graph's node, the default.
struct FailurePolicy {
  // The number of attempts that may end with an error; default 1. Attempts that are lost with their
  // worker are counted separately.
  std::optional<std::uint32_t> attempts;
  // The delay before the first retry; doubled for each further retry, up to kBackoffTime. Default:
  // 1 s.
  std::optional<absl::Duration> backoff;
  // The timeout of one attempt, from its start at the worker; default: no limit.
  std::optional<absl::Duration> run_timeout;
  // The timeout from the time when the node is ready until a worker gets it; default: no limit.
  std::optional<absl::Duration> queue_timeout;

  bool is_empty() const { return *this == FailurePolicy(); }
  // Errors: kInvalidArgument, naming the field and its range, if a field is out of range.
  absl::Status Check() const;

  friend bool operator==(const FailurePolicy&, const FailurePolicy&) = default;
};

inline constexpr std::string_view kAllTasks = "*";
inline constexpr std::string_view kNoPolicyForBuiltins =
    "a builtin has no failure policy: it gives the same each time it is run";
inline constexpr std::string_view kNoRetryForEffectOnce =
    "the task takes effect at most once: its policy can allow no more than 1 attempt";
inline constexpr Limit kPolicies{.name = "policies",
                                 .max = 1000,
                                 .unit = LimitUnit::kCount,
                                 .of = "failure policies of a submission, one for each task",
                                 .beyond = "the submission is refused"};

// The failure handling of a submission.
struct FailureRules {
  // Policies by "worker.task", or kAllTasks. They take precedence over those of the graph.
  std::map<std::string, FailurePolicy, std::less<>> policies;
  // If true, nodes that do not depend on the failed node still run; otherwise no more nodes start.
  bool continues = false;

  // Same as FailurePolicy::Check; the error also names the task.
  absl::Status Check() const;

  friend bool operator==(const FailureRules&, const FailureRules&) = default;
};

// Leaves out unset fields. Durations are in seconds.
Object PolicyToObject(const FailurePolicy& policy);
// The inverse of PolicyToObject; checks the policy.
//
// Errors: kInvalidArgument, naming the field.
absl::StatusOr<FailurePolicy> PolicyFromDatum(const Datum& datum);

// Returns `first`, with its unset fields taken from `second`.
FailurePolicy Combine(const FailurePolicy& first, const FailurePolicy& second);

// Returns the delay before the retry that follows the attempt number `failed`. Does not overflow.
absl::Duration BackoffAfter(absl::Duration backoff, std::uint32_t failed);

}  // namespace orrery::graph
