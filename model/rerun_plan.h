// How a new run would treat the nodes that finished in the earlier run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "graph/location.h"

namespace orrery::model {

// Nodes that did not finish in the earlier run are not counted.
struct RerunPlan {
  // Number of outcomes that would be reused.
  std::uint64_t kept = 0;
  // Number of finished nodes that would run again, and the first of their locations, in order.
  std::uint64_t again = 0;
  std::vector<graph::Location> again_locations;
};

// Number of locations that a plan lists.
inline constexpr std::size_t kPlanLocationsMax = 10'000;

}  // namespace orrery::model
