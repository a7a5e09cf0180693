#include "controller/engine/cache/cache.h"

#include <string_view>
#include <utility>

#include "base/coverage_mark.h"
#include "controller/engine/cache/call.h"
#include "fmt/format.h"
#include "graph/task.h"
#include "model/submission.h"

namespace orrery::engine {

const NodeFinished* Cache::Find(const Workflow& workflow, NodeRef node) const {
  if (workflow.cache_mode() != model::CacheMode::kUse || outcomes_.size() == 0) return nullptr;
  // Only a worker that is there can tell what the version is now.
  const std::optional<TaskKindId> kind = workers_.FindKind(workflow, node);
  if (!kind.has_value() || workflow.IsRunAgain(node)) return nullptr;
  const auto task = workers_.groups().TaskOf(*kind);
  if (!task->is_cacheable) return nullptr;
  const NodeFinished* known = outcomes_.Find(CacheKey(CallDigestOf(workflow, node), task->version));
  if (known == nullptr) return nullptr;
  const CompiledGraph& graph = workflow.frame(node.frame).graph();
  return graph.MissingOutput(node.node, known->outputs).empty() ? known : nullptr;
}

NodeFinished Cache::Reuse(const Workflow& workflow, NodeRef node) const {
  const NodeFinished* known = Find(workflow, node);
  COVERAGE_MARK("cache.hit");
  if (known->origin.attempt.epoch < core_.epoch) COVERAGE_MARK("cache.hit_after_restart");
  NodeFinished reused = *known;
  reused.cache->source = {.workflow = core_.workflows.Find(known->node.workflow)->id(),
                          .location = known->node.location};
  reused.node = {workflow.number(), workflow.LocationOf(node)};
  return reused;
}

std::optional<CacheNote> Cache::NoteOf(const Worker& worker, const Workflow& workflow, NodeRef node,
                                       const Digest& call) const {
  const std::string_view function_name = workflow.FunctionNameOf(node);
  const graph::TaskSpec* task =
      worker.description.catalog->Find(graph::SplitFunctionName(function_name).task);
  if (task == nullptr || !task->is_cacheable) return std::nullopt;
  CacheNote note{.version = task->version};
  if (workflow.cache_mode() != model::CacheMode::kUse) return note;
  const RecentCall recent = DescribeCall(workflow, node, call, task->version);
  const NodeFinished* known = outcomes_.Find(recent.key);
  if (workflow.IsRunAgain(node)) {
    note.miss = "it was to be run again";
  } else if (known == nullptr) {
    COVERAGE_MARK("cache.miss");
    if (core_.epoch > 1 && outcomes_.size() > 0) COVERAGE_MARK("cache.miss_after_restart");
    note.miss = recent_calls_.DifferenceOf(function_name, recent);
  } else {
    const std::string_view missing =
        workflow.frame(node.frame).graph().MissingOutput(node.node, known->outputs);
    note.miss = missing.empty()
                    ? fmt::format("the same call, at {} of workflow {}, ended while this one ran",
                                  known->node.location.ToString(),
                                  core_.workflows.Find(known->node.workflow)->id().ToString())
                    : fmt::format("the earlier outcome of the same call has no output {}", missing);
  }
  return note;
}

void Cache::Keep(const Workflow& workflow, NodeRef node, const NodeFinished& outcome) {
  if (workflow.cache_mode() == model::CacheMode::kOff) return;
  recent_calls_.Remember(workflow.FunctionNameOf(node),
                         DescribeCall(workflow, node, outcome.call, outcome.cache->version));
  outcomes_.Keep(outcome);
}

void Cache::RemoveWorkflow(WorkflowNumber workflow) {
  outcomes_.RemoveWorkflow(workflow);
  recent_calls_.RemoveWorkflow(workflow);
}

}  // namespace orrery::engine
