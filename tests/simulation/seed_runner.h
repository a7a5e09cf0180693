// Runs seeds, each twice: what a seed comes to must be right, and the same both times.
//
// Threading: functions without state; RunSeeds uses several threads, a world each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/world_options.h"

namespace orrery::simulation {

// Makes the world of a seed.
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
  // Those with the lowest seeds, at most kFailuresMax.
  std::vector<Failure> failures;
  std::uint64_t failure_count = 0;
};

inline constexpr std::size_t kFailuresMax = 10;

// One seed, twice. A world that is not reproducible is a violation.
RunReport RunSeed(const WorldOptions& options);

// `on_progress` is told after each seed how many have been run and have failed, from any thread,
// one at a time.
SeedsReport RunSeeds(SeedRange range, int jobs, const MakeOptions& make_options,
                     const std::function<void(const SeedsReport&)>& on_progress);

// The command that shows what a seed comes to.
std::string CommandFor(std::uint64_t seed);

}  // namespace orrery::simulation
