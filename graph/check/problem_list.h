// The problems found so far, at most kProblemsMax.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "graph/checker.h"

namespace orrery::graph {

class ProblemList {
 public:
  // One that is found once, whatever the graph is run with.
  void Add(Problem problem);

  // One that a graph may have again each time it is run: only the first at each port is kept.
  void AddOnce(Problem problem);
  // Whether AddOnce has been called for that place, so that its message need not be made again.
  bool Has(std::string_view location, std::string_view port) const;

  // Nothing more is kept, so nothing more needs to be looked for.
  bool is_full() const { return problems_.size() >= kProblemsMax; }

  // In the order of their places: the graph as a whole, then its nodes.
  std::vector<Problem> Take() &&;

 private:
  std::vector<Problem> problems_;
  // Location and port of those added once. Lookup only.
  absl::flat_hash_set<std::pair<std::string, std::string>> places_;
};

}  // namespace orrery::graph
