// Runs each seed twice: its world must have no violation, and both runs must be equal.
//
// Threading: functions without state; RunSeeds uses several threads, with one world each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/world_options.h"

namespace orrery::simulation {

// Returns the options of a seed's world.
using MakeOptions = std::function<WorldOptions(std::uint64_t seed)>;

struct SeedRange {
  std::uint64_t first = 1;
  std::uint64_t count = 0;
};

struct SeedsReport {
  std::uint64_t seeds = 0;
  RunReport sum;
  struct Failure {
    std::uint64_t seed = 0;
    std::string violation;
  };
  // The failures with the lowest seeds, at most kFailuresMax.
  std::vector<Failure> failures;
  std::uint64_t failure_count = 0;
};

inline constexpr std::size_t kFailuresMax = 10;

// Runs one seed twice. A world that is not reproducible is a violation.
RunReport RunSeed(const WorldOptions& options);

// Calls `on_progress` after each seed, from any thread, but one call at a time.
SeedsReport RunSeeds(SeedRange range, int jobs, const MakeOptions& make_options,
                     const std::function<void(const SeedsReport&)>& on_progress);

// Returns the command that shows the story of a seed.
std::string CommandFor(std::uint64_t seed);

}  // namespace orrery::simulation
