// Tasks whose outcome another workflow has made, or this one elsewhere: it is taken over.
//
// A ready task is looked up when it would be queued for a worker, and once more when it would be
// given to one. The outcome is recorded in full, as if the task had been run: from then on it does
// not depend on where it came from.
#include <utility>

#include "base/coverage_mark.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/engine_impl.h"
#include "fmt/format.h"
#include "graph/task.h"

namespace orrery::engine {

const NodeFinished* Engine::Impl::FindCached(const Workflow& workflow, NodeRef node) const {
  if (workflow.cache_mode() != CacheMode::kUse || cache_.size() == 0) return nullptr;
  // Only a worker that is there can tell what the version is now.
  const graph::TaskSpec* task = workers_.FindOffered(workflow.FunctionNameOf(node));
  if (task == nullptr || !task->is_cacheable || workflow.IsRunAgain(node)) return nullptr;
  const NodeFinished* known = cache_.Find(CacheKey(CallDigestOf(workflow, node), task->version));
  if (known == nullptr) return nullptr;
  const CompiledGraph& graph = workflow.frame(node.frame).graph();
  return graph.MissingOutput(node.node, known->outputs).empty() ? known : nullptr;
}

bool Engine::Impl::HoldForCache(const Workflow& workflow, NodeRef node) {
  if (FindCached(workflow, node) == nullptr) return false;
  held_.cached.insert({workflow.number(), node});
  return true;
}

void Engine::Impl::TakeCached() {
  std::uint32_t steps_left = settings_.nodes_per_step_max;
  while (!held_.cached.empty() && steps_left > 0) {
    --steps_left;
    const ReadyNode ready = *held_.cached.begin();
    held_.cached.erase(held_.cached.begin());
    const Workflow& workflow = *FindWorkflow(ready.workflow);
    const NodeFinished* known = FindCached(workflow, ready.node);
    if (known == nullptr) {  // Gone meanwhile.
      Enqueue(workflow, ready.node);
      continue;
    }
    COVERAGE_MARK("cache.hit");
    if (known->origin.attempt.epoch < epoch_) COVERAGE_MARK("cache.hit_after_restart");
    NodeFinished taken = *known;
    taken.cache->source = {.workflow = workflows_.at(known->node.workflow)->id(),
                           .location = known->node.location};
    taken.node = {ready.workflow, workflow.LocationOf(ready.node)};
    Decide(std::move(taken));
  }
}

std::optional<CacheNote> Engine::Impl::NoteOf(const Worker& worker, const Workflow& workflow,
                                              NodeRef node, const Digest& call) const {
  const std::string_view function_name = workflow.FunctionNameOf(node);
  const graph::TaskSpec* task = worker.catalog->Find(graph::SplitFunctionName(function_name).task);
  if (task == nullptr || !task->is_cacheable) return std::nullopt;
  CacheNote note{.version = task->version};
  if (workflow.cache_mode() != CacheMode::kUse) return note;
  const RecentCall recent = DescribeCall(workflow, node, call, task->version);
  const NodeFinished* known = cache_.Find(recent.key);
  if (workflow.IsRunAgain(node)) {
    note.miss = "it was to be run again";
  } else if (known == nullptr) {
    COVERAGE_MARK("cache.miss");
    if (epoch_ > 1 && cache_.size() > 0) COVERAGE_MARK("cache.miss_after_restart");
    note.miss = recent_calls_.DifferenceOf(function_name, recent);
  } else {
    const std::string_view missing =
        workflow.frame(node.frame).graph().MissingOutput(node.node, known->outputs);
    note.miss = missing.empty()
                    ? fmt::format("the same call, at {} of workflow {}, ended while this one ran",
                                  known->node.location.ToString(),
                                  workflows_.at(known->node.workflow)->id().ToString())
                    : fmt::format("the earlier outcome of the same call has no output {}", missing);
  }
  return note;
}

void Engine::Impl::KeepForOthers(const Workflow& workflow, NodeRef node,
                                 const NodeFinished& outcome) {
  if (workflow.cache_mode() == CacheMode::kOff) return;
  recent_calls_.Remember(workflow.FunctionNameOf(node),
                         DescribeCall(workflow, node, outcome.call, outcome.cache->version));
  cache_.Keep(outcome);
}

}  // namespace orrery::engine
