#include "graph/codec/policy_codec.h"

#include <optional>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "graph/codec/time_codec.h"
#include "orrery/graph/v1/graph.pb.h"

namespace orrery::graph {
namespace {

FailurePolicy Read(const v1::FailurePolicy& message) {
  FailurePolicy policy;
  if (message.attempts() != 0) policy.attempts = message.attempts();
  if (message.has_backoff()) policy.backoff = DecodeDuration(message.backoff());
  if (message.has_run_timeout()) policy.run_timeout = DecodeDuration(message.run_timeout());
  if (message.has_queue_timeout()) policy.queue_timeout = DecodeDuration(message.queue_timeout());
  return policy;
}

}  // namespace

v1::FailurePolicy ToProto(const FailurePolicy& policy) {
  v1::FailurePolicy message;
  message.set_attempts(policy.attempts.value_or(0));
  if (policy.backoff.has_value()) EncodeDuration(*policy.backoff, *message.mutable_backoff());
  if (policy.run_timeout.has_value())
    EncodeDuration(*policy.run_timeout, *message.mutable_run_timeout());
  if (policy.queue_timeout.has_value()) {
    EncodeDuration(*policy.queue_timeout, *message.mutable_queue_timeout());
  }
  return message;
}

absl::StatusOr<FailurePolicy> FromProto(const v1::FailurePolicy& message) {
  FailurePolicy policy = Read(message);
  RETURN_IF_ERROR(policy.Check());
  return policy;
}

v1::FailureRules ToProto(const FailureRules& rules) {
  v1::FailureRules message;
  for (const auto& [task, policy] : rules.policies) {
    v1::TaskPolicy& added = *message.add_policies();
    added.set_task(task);
    *added.mutable_policy() = ToProto(policy);
  }
  message.set_continue_(rules.continues);
  return message;
}

absl::StatusOr<FailureRules> FromProto(const v1::FailureRules& message) {
  FailureRules rules{.policies = {}, .continues = message.continue_()};
  for (const v1::TaskPolicy& policy : message.policies()) {
    if (rules.policies.emplace(policy.task(), Read(policy.policy())).second) continue;
    return absl::InvalidArgumentError(
        fmt::format("the failure policy of {} is given more than once", policy.task()));
  }
  RETURN_IF_ERROR(rules.Check());
  return rules;
}

}  // namespace orrery::graph
