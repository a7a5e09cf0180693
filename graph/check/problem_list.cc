#include "graph/check/problem_list.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "graph/location.h"

namespace orrery::graph {
namespace {

Location PlaceOf(const Problem& problem) {
  return Location::Parse(problem.location).value_or(Location());
}

}  // namespace

void ProblemList::Add(Problem problem) {
  if (!is_full()) problems_.push_back(std::move(problem));
}

void ProblemList::AddOnce(Problem problem) {
  if (is_full() || !places_.emplace(problem.location, problem.port).second) return;
  problems_.push_back(std::move(problem));
}

bool ProblemList::Has(std::string_view location, std::string_view port) const {
  return places_.contains(std::pair(std::string(location), std::string(port)));
}

std::vector<Problem> ProblemList::Take() && {
  std::ranges::stable_sort(problems_, {}, PlaceOf);
  return std::move(problems_);
}

}  // namespace orrery::graph
