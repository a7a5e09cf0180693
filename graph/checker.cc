#include "graph/checker.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "graph/check/inference.h"
#include "graph/check/problem_list.h"

namespace orrery::graph {

std::vector<Problem> CheckGraph(const Graph& graph, const CheckOptions& options) {
  ProblemList problems;
  Inference(options, problems).Run(graph);
  return std::move(problems).Take();
}

absl::Status ProblemsToStatus(const std::vector<Problem>& problems) {
  if (problems.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(
      problems, "\n",
      [](std::string* text, const Problem& problem) { text->append(problem.message); }));
}

}  // namespace orrery::graph
