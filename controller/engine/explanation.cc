#include "controller/engine/explanation.h"

#include <algorithm>
#include <utility>

#include "base/instant.h"
#include "fmt/format.h"

namespace orrery::engine {
namespace {

std::string DescribeOrigin(const AttemptOrigin& origin) {
  if (origin.worker.empty()) return "";
  return fmt::format(" on worker {} at {}, attempt {}.{}, from {} to {}", origin.worker,
                     origin.host, origin.attempt.epoch, origin.attempt.number,
                     FormatInstant(origin.started_at), FormatInstant(origin.finished_at));
}

}  // namespace

void Complete(const History& history, const graph::Location& location, Explanation& explanation) {
  const auto finished = history.finished.find(location);
  const auto failed = history.failed.find(location);
  const auto troubles = history.troubles.find(location);
  auto node = std::ranges::find(explanation.nodes, location, &NodeExplanation::location);
  if (node == explanation.nodes.end()) {
    if (finished == history.finished.end() && failed == history.failed.end()) return;
    node = explanation.nodes.insert(explanation.nodes.begin(), {.location = location});
  }
  if (finished != history.finished.end()) {
    node->state = "finished";
    node->reasons = {"it finished" + DescribeOrigin(finished->second.origin)};
  } else if (failed != history.failed.end()) {
    const NodeFailed& end = failed->second;
    node->state = "failed";
    node->reasons = {fmt::format("it failed{}: {}", DescribeOrigin(end.origin), end.error.message)};
    if (!end.error.details.empty()) node->reasons.push_back(end.error.details);
    node->output = end.error.output;
  }
  if (troubles != history.troubles.end()) node->earlier = troubles->second;
}

}  // namespace orrery::engine
