// orrery-sim: runs seeds of the simulation, and prints the story of one.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/coverage_mark.h"
#include "base/standard_streams.h"
#include "fmt/format.h"
#include "tests/simulation/seed_runner.h"
#include "tests/simulation/world.h"

namespace orrery::simulation {
namespace {

constexpr int kOk = 0;
constexpr int kViolated = 1;
constexpr int kUsage = 2;

constexpr const char* kExamples = R"(
Each seed is a whole system with its faults: workflows, workers, a controller with its journal. It
is run twice, and must come to the same.

Examples:
  orrery-sim --seed 42                       what happens in seed 42, in order, and the verdict
  orrery-sim --seed 42 --brief               only what is rare: deaths, breaks, starts and ends
  orrery-sim --seeds 1..10000                many seeds, two at a time
  orrery-sim --seeds 1..1000000 --jobs 8     a night's work
  orrery-sim --seeds 1..20 --sabotage lying-disk
                                             proof that the checks would notice

Exit code: 0 all is right, 1 something is wrong, 2 the command line is.)";

const std::map<std::string, Sabotage> kSabotages = {
    {"none", Sabotage::kNone},
    {"lying-disk", Sabotage::kLyingDisk},
    {"wrong-output", Sabotage::kWrongOutput},
};

struct Flags {
  std::optional<std::uint64_t> seed;
  std::string seeds;
  int jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  bool is_brief = false;
  bool is_gentle = false;
  bool shows_marks = false;
  std::string sabotage = "none";
};

std::optional<SeedRange> ParseRange(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto parse = [](std::string_view digits) -> std::optional<std::uint64_t> {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    if (error != std::errc() || end != digits.end()) return std::nullopt;
    return number;
  };
  const auto first = parse(text.substr(0, dots));
  const auto last = parse(text.substr(dots + 2));
  if (!first.has_value() || !last.has_value() || *last < *first) return std::nullopt;
  return SeedRange{.first = *first, .count = *last - *first + 1};
}

WorldOptions MakeOptionsFor(const Flags& flags, std::uint64_t seed) {
  WorldOptions options = OptionsForSeed(seed);
  if (flags.is_gentle) MakeGentle(options);
  options.sabotage = kSabotages.at(flags.sabotage);
  return options;
}

int TellSeed(const Flags& flags) {
  WorldOptions options = MakeOptionsFor(flags, *flags.seed);
  options.tells_all = !flags.is_brief;
  const RunReport report = RunSeed(options);
  std::cout << report.story;
  std::cout << fmt::format(
      "seed {}: {} workflows, {} workers at a time, durability {}\n"
      "{} records, {} deaths of the controller ({} of the machine), {} of its disk; {} worker "
      "deaths, {} hangs, {} lies; {} broken connections, {} clock jumps; {} nodes executed, {} "
      "more "
      "than once\n",
      *flags.seed, options.workflows, options.workers, DurabilityName(options.durability),
      report.records, report.controller_deaths, report.power_cuts, report.journal_failures,
      report.worker_deaths, report.workers_hung, report.lies, report.connections_cut,
      report.clock_jumps, report.executions, report.executions_repeated);
  if (report.violation.empty()) {
    std::cout << "all is right, twice the same: " << report.trace.ToHex() << "\n";
    return kOk;
  }
  std::cout << "VIOLATION: " << report.violation << "\n";
  return kViolated;
}

int RunRange(const Flags& flags, SeedRange range) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  Clock::time_point told = began;
  const auto rate = [&](const SeedsReport& report) {
    const std::chrono::duration<double> seconds = Clock::now() - began;
    return static_cast<double>(report.seeds) / seconds.count();
  };
  const auto make_options = [&](std::uint64_t seed) { return MakeOptionsFor(flags, seed); };
  const SeedsReport report =
      RunSeeds(range, flags.jobs, make_options, [&](const SeedsReport& so_far) {
        if (Clock::now() - told < std::chrono::seconds(5)) return;
        told = Clock::now();
        std::cerr << fmt::format("{} of {} seeds, {:.0f} a second, {} failed\n", so_far.seeds,
                                 range.count, rate(so_far), so_far.failure_count);
      });
  for (const SeedsReport::Failure& failure : report.failures) {
    std::cout << fmt::format("seed {}: {}\n  {}\n", failure.seed, failure.violation,
                             CommandFor(failure.seed));
  }
  if (report.failure_count > report.failures.size()) {
    std::cout << fmt::format("and {} more\n", report.failure_count - report.failures.size());
  }
  std::cout << fmt::format(
      "{} seeds, {:.0f} a second; {} deaths of the controller, {} of workers, {} broken "
      "connections, {} workflows succeeded, {} failed, {} run again; {} seeds failed\n",
      report.seeds, rate(report), report.sum.controller_deaths, report.sum.worker_deaths,
      report.sum.connections_cut, report.sum.workflows_succeeded, report.sum.workflows_failed,
      report.sum.reruns, report.failure_count);
  if (flags.shows_marks) {
    for (const coverage::Mark& mark : coverage::Marks()) {
      std::cout << fmt::format("{:>12} {}\n", mark.times_reached, mark.name);
    }
  }
  return report.failure_count == 0 ? kOk : kViolated;
}

int Main(int count, const char* const* words) {
  Flags flags;
  CLI::App app("Simulates whole systems, with faults, each from one seed.", "orrery-sim");
  app.footer(kExamples);
  auto* seed = app.add_option("--seed", flags.seed, "Run this seed and tell its story");
  app.add_option("--seeds", flags.seeds, "Run seeds FIRST..LAST and tell which fail")
      ->excludes(seed);
  app.add_option("--jobs", flags.jobs, "Seeds to run at a time")->check(CLI::PositiveNumber);
  app.add_flag("--brief", flags.is_brief, "With --seed: only what is rare");
  app.add_flag("--gentle", flags.is_gentle, "Only what is no reason to execute anything twice");
  app.add_flag("--marks", flags.shows_marks,
               "With --seeds: how often each rare branch was reached");
  app.add_option("--sabotage", flags.sabotage, "Break something that the checks must notice")
      ->check(CLI::IsMember(kSabotages));
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    // CLI11 also reports --help by an exception.
    app.exit(error, std::cout, std::cerr);
    return error.get_exit_code() == 0 ? kOk : kUsage;
  }
  if (flags.seed.has_value()) return TellSeed(flags);
  const std::optional<SeedRange> range = ParseRange(flags.seeds);
  if (!range.has_value()) {
    std::cerr << "which seeds? --seed N, or --seeds FIRST..LAST; --help has examples\n";
    return kUsage;
  }
  return RunRange(flags, *range);
}

}  // namespace
}  // namespace orrery::simulation

int main(int count, char** words) {
  orrery::PrepareStandardStreams();
  return orrery::FinishOutput("orrery-sim", orrery::simulation::Main(count, words));
}
