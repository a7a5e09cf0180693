#include "graph/failure_policy.h"

#include <algorithm>
#include <string_view>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::graph {
namespace {

absl::Status CheckDuration(std::string_view field, const std::optional<absl::Duration>& value,
                           const Limit& limit) {
  if (!value.has_value() || (*value > absl::ZeroDuration() && *value <= limit.duration())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(fmt::format(
      "{} is {} s, but must be more than 0 and at most {} s (limit {})", field,
      absl::ToDoubleSeconds(*value), absl::ToInt64Seconds(limit.duration()), limit.name));
}

std::optional<absl::Duration> DurationOf(const Datum& seconds) {
  if (const auto* integer = seconds.As<std::int64_t>()) return absl::Seconds(*integer);
  if (const auto* number = seconds.As<double>()) return absl::Seconds(*number);
  return std::nullopt;
}

absl::Status ReadField(std::string_view name, const Datum& value, FailurePolicy& policy) {
  if (name == "attempts") {
    const auto* count = value.As<std::int64_t>();
    if (count == nullptr || *count < 1 ||
        static_cast<std::uint64_t>(*count) > kPolicyAttempts.max) {
      return absl::InvalidArgumentError(
          fmt::format("attempts must be an integer from 1 to {} (limit {})", kPolicyAttempts.max,
                      kPolicyAttempts.name));
    }
    policy.attempts = static_cast<std::uint32_t>(*count);
    return absl::OkStatus();
  }
  std::optional<absl::Duration>* const field = name == "backoff"         ? &policy.backoff
                                               : name == "run_timeout"   ? &policy.run_timeout
                                               : name == "queue_timeout" ? &policy.queue_timeout
                                                                         : nullptr;
  if (field == nullptr) {
    return absl::InvalidArgumentError(fmt::format(
        "unknown field \"{}\": expected attempts, backoff, run_timeout or queue_timeout", name));
  }
  *field = DurationOf(value);
  if (field->has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} must be a number of seconds, not {}", name, value.KindName()));
}

}  // namespace

Object PolicyToObject(const FailurePolicy& policy) {
  Object object;
  if (policy.attempts.has_value()) object.emplace_back("attempts", *policy.attempts);
  const auto add = [&](std::string_view name, const std::optional<absl::Duration>& duration) {
    if (duration.has_value()) {
      object.emplace_back(std::string(name), absl::ToDoubleSeconds(*duration));
    }
  };
  add("backoff", policy.backoff);
  add("run_timeout", policy.run_timeout);
  add("queue_timeout", policy.queue_timeout);
  return object;
}

absl::StatusOr<FailurePolicy> PolicyFromDatum(const Datum& datum) {
  const auto* fields = datum.As<Object>();
  if (fields == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("a failure policy is an object, not {}", datum.KindName()));
  }
  FailurePolicy policy;
  for (const auto& [name, value] : *fields) RETURN_IF_ERROR(ReadField(name, value, policy));
  RETURN_IF_ERROR(policy.Check());
  return policy;
}

absl::Status FailurePolicy::Check() const {
  if (attempts.has_value() && (*attempts == 0 || *attempts > kPolicyAttempts.max)) {
    return absl::InvalidArgumentError(
        fmt::format("attempts is {}, but must be from 1 to {} (limit {})", *attempts,
                    kPolicyAttempts.max, kPolicyAttempts.name));
  }
  RETURN_IF_ERROR(CheckDuration("backoff", backoff, kBackoffTime));
  RETURN_IF_ERROR(CheckDuration("run_timeout", run_timeout, kPolicyTimeout));
  return CheckDuration("queue_timeout", queue_timeout, kPolicyTimeout);
}

absl::Status FailureRules::Check() const {
  RETURN_IF_ERROR(CheckLimit(kPolicies, "the list of failure policies", policies.size(),
                             "set one for all tasks, or set them in the graph"));
  for (const auto& [task, policy] : policies) {
    if (const absl::Status status = policy.Check(); !status.ok()) {
      return absl::InvalidArgumentError(fmt::format("failure policy of {}: {}",
                                                    task == kAllTasks ? "all tasks" : task,
                                                    std::string(status.message())));
    }
  }
  return absl::OkStatus();
}

FailurePolicy Combine(const FailurePolicy& first, const FailurePolicy& second) {
  const auto either = [](const auto& a, const auto& b) { return a.has_value() ? a : b; };
  return {.attempts = either(first.attempts, second.attempts),
          .backoff = either(first.backoff, second.backoff),
          .run_timeout = either(first.run_timeout, second.run_timeout),
          .queue_timeout = either(first.queue_timeout, second.queue_timeout)};
}

absl::Duration BackoffAfter(absl::Duration backoff, std::uint32_t failed) {
  constexpr absl::Duration kLongest = kBackoffTime.duration();
  for (std::uint32_t i = 1; i < failed && backoff < kLongest; ++i) backoff *= 2;
  return std::min(backoff, kLongest);
}

}  // namespace orrery::graph
