#include "controller/engine/explain/explanation.h"

#include <algorithm>
#include <utility>

#include "base/time_text.h"
#include "fmt/format.h"
#include "model/explanation.h"
#include "model/outcome.h"
#include "model/submission.h"

namespace orrery::engine {
namespace {

std::string DescribeOrigin(const AttemptOrigin& origin) {
  if (origin.worker.empty()) return "";
  return fmt::format(" on worker {} at {}, attempt {}, from {} to {}", origin.worker, origin.host,
                     origin.attempt.ToString(), FormatTimestamp(origin.started_at),
                     FormatTimestamp(origin.finished_at));
}

// How the outcome of a cacheable task came about; empty if there is nothing to say.
std::string DescribeCaching(const NodeFinished& finished, model::CacheMode mode) {
  if (!finished.cache.has_value()) return "";
  const CacheNote& note = *finished.cache;
  if (note.source.has_value()) {
    return fmt::format("its outcome was taken from the cache: that of {} of workflow {}",
                       note.source->location.ToString(), note.source->workflow.ToString());
  }
  if (!note.miss.empty()) return "it was not taken from the cache: " + note.miss;
  switch (mode) {
    case model::CacheMode::kRefresh:
      return "it was not taken from the cache: the workflow refreshes what is there";
    case model::CacheMode::kOff:
      return "it was not taken from the cache: the workflow does without";
    case model::CacheMode::kUse:
      break;
  }
  return "";
}

// Why no other attempt was made.
std::string WhyFinal(const NodeFailed& end, bool is_effect_once) {
  if (end.error.is_final) return "it is not tried again: the task said that it must not be";
  if (is_effect_once) return "it is not tried again: the task takes effect at most once";
  switch (end.error.kind) {
    case model::TaskErrorKind::kTask:
    case model::TaskErrorKind::kStorage:
    case model::TaskErrorKind::kTimeout:
    case model::TaskErrorKind::kOutOfMemory:
      return "it is not tried again: its failure policy allows no further attempt";
    case model::TaskErrorKind::kSerializer:
      return "it is not tried again: the same bytes would give the same error";
    case model::TaskErrorKind::kCancelled:
    case model::TaskErrorKind::kWorkersLost:
    case model::TaskErrorKind::kInvalidValue:
      break;
  }
  return "";
}

}  // namespace

void Complete(const History& history, const graph::Location& location,
              model::Explanation& explanation) {
  const auto finished = history.finished.find(location);
  const auto failed = history.failed.find(location);
  const auto troubles = history.troubles.find(location);
  auto node = std::ranges::find(explanation.nodes, location, &model::NodeExplanation::location);
  if (node == explanation.nodes.end()) {
    if (finished == history.finished.end() && failed == history.failed.end()) return;
    node = explanation.nodes.insert(explanation.nodes.begin(), {.location = location});
  }
  if (finished != history.finished.end()) {
    node->state = "finished";
    node->reasons = {"it finished" + DescribeOrigin(finished->second.origin)};
    const model::CacheMode mode = history.submitted.has_value()
                                      ? history.submitted->submission.cache_mode
                                      : model::CacheMode::kUse;
    std::string caching = DescribeCaching(finished->second, mode);
    if (!caching.empty()) node->reasons.push_back(std::move(caching));
  } else if (failed != history.failed.end()) {
    const NodeFailed& end = failed->second;
    node->state = "failed";
    node->reasons = {fmt::format("it failed{}: {}", DescribeOrigin(end.origin), end.error.message)};
    if (!end.error.details.empty()) node->reasons.push_back(end.error.details);
    std::string final = WhyFinal(end, history.started.contains(location));
    if (!final.empty()) node->reasons.push_back(std::move(final));
    node->output = end.error.output;
  }
  if (troubles != history.troubles.end()) node->earlier = troubles->second;
}

}  // namespace orrery::engine
