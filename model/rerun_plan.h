// How a new run would treat the nodes that finished in the earlier run.
#pragma once

#include <cstdint>
#include <vector>

#include "base/limit.h"
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

inline constexpr Limit kPlanLocations{
    .name = "plan_locations",
    .max = 10'000,
    .unit = LimitUnit::kCount,
    .of = "locations of nodes that run again, which the plan of a rerun lists",
    .beyond = "the others are counted"};

}  // namespace orrery::model
