#include "controller/engine/graph_cache.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "graph/builtins/builtin.h"
#include "graph/canonical.h"
#include "graph/checker.h"
#include "graph/graph_data.h"

namespace orrery::engine {

const graph::TaskSpec* FindBuiltinTask(std::string_view worker, std::string_view task) {
  if (worker != graph::kBuiltinsWorker) return nullptr;
  const graph::Builtin* builtin = graph::FindBuiltin(task);
  return builtin == nullptr ? nullptr : &builtin->spec;
}

std::shared_ptr<const CompiledGraph> GraphCache::Find(const Digest& content) const {
  const auto it = by_content_.find(content);
  return it == by_content_.end() ? nullptr : by_graph_.at(it->second).graph;
}

absl::StatusOr<std::shared_ptr<const CompiledGraph>> GraphCache::Load(const Digest& content,
                                                                      std::string_view json) {
  ASSIGN_OR_RETURN(graph::Graph graph, graph::ParseGraphData(json));
  // Tasks of workers are known, or not, when their nodes are ready.
  RETURN_IF_ERROR(graph::ProblemsToStatus(graph::CheckGraph(
      graph, {.find_task = [](std::string_view worker,
                              std::string_view task) { return FindBuiltinTask(worker, task); },
              .allow_unknown_tasks = true})));
  ASSIGN_OR_RETURN(std::shared_ptr<const CompiledGraph> compiled,
                   Intern(std::make_shared<const graph::Graph>(std::move(graph))));
  if (by_content_.emplace(content, compiled->digest()).second) {
    by_graph_.at(compiled->digest()).contents.push_back(content);
  }
  return compiled;
}

absl::StatusOr<std::shared_ptr<const CompiledGraph>> GraphCache::Intern(
    std::shared_ptr<const graph::Graph> graph) {
  const Digest digest = graph::GraphDigest(*graph);
  if (const auto it = by_graph_.find(digest); it != by_graph_.end()) return it->second.graph;
  ASSIGN_OR_RETURN(std::shared_ptr<const CompiledGraph> compiled,
                   CompiledGraph::Compile(std::move(graph), digest));
  by_graph_[digest].graph = compiled;
  unused_.insert(digest);
  return compiled;
}

void GraphCache::Use(const std::shared_ptr<const CompiledGraph>& graph) {
  Entry& entry = by_graph_[graph->digest()];
  if (entry.graph == nullptr) entry.graph = graph;  // Collected since it was handed out.
  if (++entry.users == 1) unused_.erase(graph->digest());
}

void GraphCache::Release(const Digest& graph) {
  Entry& entry = by_graph_.at(graph);
  CHECK(entry.users > 0);
  if (--entry.users == 0) unused_.insert(graph);
}

void GraphCache::Collect() {
  for (const Digest& graph : std::exchange(unused_, {})) {
    for (const Digest& content : by_graph_.at(graph).contents) by_content_.erase(content);
    by_graph_.erase(graph);
  }
}

}  // namespace orrery::engine
