#include "controller/engine/cache/recent_calls.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace orrery::engine {
namespace {

// In what `call` differs from `earlier`, a part each.
std::vector<std::string> PartsOf(const RecentCall& call, const RecentCall& earlier) {
  std::vector<std::string> parts;
  if (call.version != earlier.version) {
    parts.push_back(fmt::format("version is {} instead of {}", call.version, earlier.version));
  }
  auto left = call.inputs.begin();
  auto right = earlier.inputs.begin();
  while (left != call.inputs.end() || right != earlier.inputs.end()) {
    const bool is_left_only =
        right == earlier.inputs.end() || (left != call.inputs.end() && left->port < right->port);
    const bool is_right_only =
        left == call.inputs.end() || (right != earlier.inputs.end() && right->port < left->port);
    if (is_left_only) {
      parts.push_back(fmt::format("input {} is {}, but was absent", left->port, left->text));
      ++left;
    } else if (is_right_only) {
      parts.push_back(fmt::format("input {} is absent, but was {}", right->port, right->text));
      ++right;
    } else {
      if (left->digest != right->digest) {
        parts.push_back(
            fmt::format("input {} is {} instead of {}", left->port, left->text, right->text));
      }
      ++left;
      ++right;
    }
  }
  if (parts.empty() && call.key != earlier.key)
    parts.emplace_back("one of its many inputs is another");
  return parts;
}

}  // namespace

RecentCall DescribeCall(const Workflow& workflow, NodeRef node, const Digest& call,
                        std::string_view version) {
  return {.node = {workflow.number(), workflow.LocationOf(node)},
          .workflow = workflow.id(),
          .key = CacheKey(call, version),
          .version = std::string(version),
          .inputs = DescribeInputs(workflow, node)};
}

void RecentCalls::Remember(std::string_view task, RecentCall call) {
  auto it = tasks_.find(task);
  if (it == tasks_.end()) {
    if (tasks_.size() == kTasks.max) {
      tasks_.erase(std::ranges::min_element(tasks_, {},
                                            [](const auto& entry) { return entry.second.used; }));
    }
    it = tasks_.emplace(std::string(task), Task()).first;
  }
  std::deque<RecentCall>& calls = it->second.calls;
  const auto same = std::ranges::find(calls, call.key, &RecentCall::key);
  if (same != calls.end()) {
    calls.erase(same);
  } else if (calls.size() == kCallsPerTask.max) {
    calls.pop_back();
  }
  calls.push_front(std::move(call));
  it->second.used = ++count_;
}

std::string RecentCalls::DifferenceOf(std::string_view task, const RecentCall& call) const {
  const auto it = tasks_.find(task);
  if (it == tasks_.end()) return "no earlier call of the task is known";
  const RecentCall* nearest = nullptr;
  std::vector<std::string> parts;
  for (const RecentCall& earlier : it->second.calls) {
    std::vector<std::string> candidate = PartsOf(call, earlier);
    if (nearest != nullptr && candidate.size() >= parts.size()) continue;
    nearest = &earlier;
    parts = std::move(candidate);
  }
  const std::string where = fmt::format("{} of workflow {}", nearest->node.location.ToString(),
                                        nearest->workflow.ToString());
  if (parts.empty()) return fmt::format("the outcome of the same call at {} is not kept", where);
  return fmt::format("compared with the nearest earlier call, at {}, {}", where,
                     fmt::join(parts, ", "));
}

void RecentCalls::RemoveWorkflow(WorkflowNumber workflow) {
  for (auto it = tasks_.begin(); it != tasks_.end();) {
    std::erase_if(it->second.calls,
                  [&](const RecentCall& call) { return call.node.workflow == workflow; });
    it = it->second.calls.empty() ? tasks_.erase(it) : std::next(it);
  }
}

}  // namespace orrery::engine
