#include "controller/engine/turn_order.h"

#include <algorithm>

namespace orrery::engine {
namespace {

// The first above `last`, or the very first.
std::optional<WorkflowNumber> NextAfter(const std::set<WorkflowNumber>& workflows,
                                        WorkflowNumber last) {
  if (workflows.empty()) return std::nullopt;
  const auto next = workflows.upper_bound(last);
  return next == workflows.end() ? *workflows.begin() : *next;
}

}  // namespace

void TurnOrder::Insert(WorkflowNumber workflow) {
  (known_as_heavy_.contains(workflow) ? heavy_ : light_).insert(workflow);
}

void TurnOrder::Erase(WorkflowNumber workflow) {
  light_.erase(workflow);
  heavy_.erase(workflow);
}

void TurnOrder::Remove(WorkflowNumber workflow) {
  Erase(workflow);
  known_as_heavy_.erase(workflow);
}

std::optional<WorkflowNumber> TurnOrder::Next(absl::Time now) {
  std::optional<WorkflowNumber> next = NextAfter(light_, last_);
  if (const auto heavy = NextAfter(heavy_, last_); heavy.has_value() && now >= rest_until_) {
    // In rotation with the light ones: the nearer one above the last.
    const auto distance = [&](WorkflowNumber each) { return each.value() - last_.value() - 1; };
    if (!next.has_value() || distance(*heavy) < distance(*next)) next = heavy;
  }
  if (next.has_value()) last_ = *next;
  return next;
}

void TurnOrder::OnTurn(WorkflowNumber workflow, std::uint64_t work, absl::Time now) {
  const bool is_heavy = work > light_work_max_;
  if (is_heavy) {
    // `now` is when the turn began.
    rest_until_ = std::max(rest_until_, now + 2 * absl::Nanoseconds(work));
  }
  if (is_heavy == known_as_heavy_.contains(workflow)) return;
  const bool is_pending = light_.contains(workflow) || heavy_.contains(workflow);
  Remove(workflow);
  if (is_heavy) known_as_heavy_.insert(workflow);
  if (is_pending) Insert(workflow);
}

absl::Time TurnOrder::NextTime(absl::Time now) const {
  if (!light_.empty()) return now;
  if (!heavy_.empty()) return std::max(now, rest_until_);
  return absl::InfiniteFuture();
}

}  // namespace orrery::engine
