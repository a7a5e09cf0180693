#include "client/cli/graph/offline_check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "base/shown_text.h"
#include "fmt/format.h"
#include "graph/check/problem_list.h"
#include "graph/check/wording.h"
#include "graph/constant_graphs.h"
#include "graph/name.h"
#include "graph/render/printable.h"
#include "graph/supply.h"

namespace orrery::cli {
namespace {

std::string Counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Finds tasks in catalogs; one worker may have several catalogs.
class TaskIndex {
 public:
  // Requires: `catalogs` outlives the index.
  explicit TaskIndex(const std::vector<graph::Catalog>& catalogs) : catalogs_(catalogs) {}

  bool KnowsWorker(std::string_view worker) const {
    return std::ranges::find(catalogs_, worker, &graph::Catalog::worker) != catalogs_.end();
  }

  const graph::TaskSpec* Find(std::string_view worker, std::string_view task) const {
    for (const graph::Catalog& catalog : catalogs_) {
      if (catalog.worker != worker) continue;
      if (const graph::TaskSpec* spec = catalog.Find(task); spec != nullptr) return spec;
    }
    return nullptr;
  }

  // Returns "; did you mean linspace?", or "".
  std::string Suggestion(std::string_view worker, std::string_view task) const {
    std::vector<std::string> names;
    for (const graph::Catalog& catalog : catalogs_) {
      if (catalog.worker != worker) continue;
      for (const graph::TaskSpec& spec : catalog.tasks) names.push_back(spec.name);
    }
    const std::string closest = graph::ClosestName(task, names);
    return closest.empty() ? "" : fmt::format("; did you mean {}?", closest);
  }

 private:
  const std::vector<graph::Catalog>& catalogs_;
};

// Adds a problem for each task that its worker's catalog lacks, and counts calls of workers without
// a catalog. The checker accepts every unknown task.
void CheckTasks(const graph::Graph& graph, const TaskIndex& tasks, graph::ProblemList& problems,
                CheckReport& report) {
  std::set<std::string> unchecked_workers;
  graph::VisitGraphs(graph, [&](const graph::Graph& each, const std::string& location) {
    report.node_count += each.nodes.size();
    for (std::size_t i = 0; i < each.nodes.size(); ++i) {
      const auto* function = std::get_if<graph::FunctionNode>(&each.nodes[i].kind);
      if (function == nullptr) continue;
      const auto [worker, task] = graph::SplitFunctionName(function->function_name);
      if (!tasks.KnowsWorker(worker)) {
        ++report.unchecked_call_count;
        unchecked_workers.insert(graph::Printable(worker));
      } else if (tasks.Find(worker, task) == nullptr) {
        problems.Add(
            graph::ToProblem({.graph = each,
                              .graph_location = location,
                              .index = i,
                              .message = fmt::format("worker {} has no such task{}", Quoted(worker),
                                                     tasks.Suggestion(worker, task))}));
      }
    }
  });
  report.unchecked_workers.assign(unchecked_workers.begin(), unchecked_workers.end());
}

// Sets the names and types of `inputs`.
void SetInputs(const std::vector<graph::NamedValue>& inputs, graph::CheckOptions& options) {
  options.given_inputs.emplace();
  for (const auto& [name, value] : inputs) {
    options.given_inputs->push_back(name);
    options.given_types[name] = graph::SupplyOfValue(*value).value_or(graph::Supply());
  }
}

}  // namespace

CheckReport CheckOffline(const graph::Graph& graph, const std::vector<graph::Catalog>& catalogs,
                         const std::optional<std::vector<graph::NamedValue>>& inputs) {
  const TaskIndex tasks(catalogs);
  graph::CheckOptions options;
  options.find_task = [&tasks](std::string_view worker, std::string_view task) {
    return tasks.Find(worker, task);
  };
  options.allow_unknown_tasks = true;
  if (inputs.has_value()) SetInputs(*inputs, options);

  CheckReport report;
  graph::ProblemList problems;
  for (graph::Problem& problem : graph::CheckGraph(graph, options))
    problems.Add(std::move(problem));
  CheckTasks(graph, tasks, problems, report);
  report.problems = std::move(problems).Take();
  return report;
}

std::string DescribeReport(const CheckReport& report, std::string_view name) {
  std::string text;
  for (const graph::Problem& problem : report.problems) {
    text += ShownLines(problem.message, "  ") + "\n";
  }
  const std::size_t count = report.problems.size();
  text += fmt::format("{}: ", ShownText(name));
  if (count == 0) {
    text += fmt::format("valid, {}", Counted(report.node_count, "node"));
  } else {
    text += fmt::format("{}{}", count >= graph::kLimits.problems.max ? "at least " : "",
                        Counted(count, "problem"));
  }
  if (report.unchecked_call_count > 0) {
    text += fmt::format("; not checked, for lack of a --catalog of {}: {}",
                        absl::StrJoin(report.unchecked_workers, ", "),
                        Counted(report.unchecked_call_count, "call"));
  }
  return text + "\n";
}

graph::Object ReportToJson(const CheckReport& report) {
  graph::List problems;
  for (const graph::Problem& problem : report.problems) {
    problems.emplace_back(graph::Object{{"location", problem.location},
                                        {"port", problem.port},
                                        {"message", problem.message},
                                        {"expected", problem.expected},
                                        {"found", problem.found}});
  }
  graph::List workers(report.unchecked_workers.begin(), report.unchecked_workers.end());
  return {{"ok", report.problems.empty()},
          {"problems", std::move(problems)},
          {"unchecked_calls", report.unchecked_call_count},
          {"unchecked_workers", std::move(workers)}};
}

}  // namespace orrery::cli
