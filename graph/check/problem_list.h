// The problems found so far, at most kLimits.problems.
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
#include "graph/limits.h"

namespace orrery::graph {

class ProblemList {
 public:
  // Adds a problem that is found only once, whatever types the graph runs with.
  void Add(Problem problem);

  // Adds a problem that may be found again in each run of the graph: keeps only the first at each
  // port.
  void AddOnce(Problem problem);
  // Returns true if AddOnce was called for this place, so that the caller need not build the
  // message.
  bool Has(std::string_view location, std::string_view port) const;

  // Returns true if no more problems are kept, so that the check can stop.
  bool is_full() const { return problems_.size() >= kLimits.problems.max; }

  // Returns the problems in the order of their places: the graph as a whole, then its nodes.
  std::vector<Problem> Take() &&;

 private:
  std::vector<Problem> problems_;
  // Location and port of the problems of AddOnce. Used for lookup only.
  absl::flat_hash_set<std::pair<std::string, std::string>> places_;
};

}  // namespace orrery::graph
