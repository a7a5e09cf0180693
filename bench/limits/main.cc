// The machine's own limits, one at a time: what the numbers of the benchmarks are compared with.
// Prints a line of JSON.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "bench/limits/grpc_echo.h"
#include "bench/limits/machine.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace {

using nlohmann::json;
using orrery::bench::Samples;

// The content of one message of a batched stream.
constexpr std::int64_t kTasksPerMessage = 128;
constexpr std::int64_t kTaskBytes = 100;

struct Options {
  std::string address;
  std::string folder = ".";
  std::int64_t count = 1000;
  std::int64_t bytes = 1 << 20;
  double gap_min_seconds = 0;
  double gap_max_seconds = 0;
};

using Limit = std::function<absl::StatusOr<json>(const Options&)>;

absl::StatusOr<json> SummaryOf(const absl::StatusOr<Samples>& samples) {
  if (!samples.ok()) return samples.status();
  return samples->Summary();
}

json RateOf(std::int64_t bytes, absl::Duration took) {
  return {{"bytes_per_second", static_cast<double>(bytes) / absl::ToDoubleSeconds(took)}};
}

absl::StatusOr<json> PingWithGaps(const Options& options) {
  orrery::bench::Gaps gaps(absl::Seconds(options.gap_min_seconds),
                           absl::Seconds(options.gap_max_seconds));
  return SummaryOf(
      orrery::bench::PingOverGrpc(options.address, {.count = options.count, .gaps = &gaps}));
}

absl::StatusOr<json> Stream(const Options& options) {
  ASSIGN_OR_RETURN(
      const absl::Duration took,
      orrery::bench::StreamOverGrpc(options.address, options.count, kTasksPerMessage * kTaskBytes));
  return json{{"tasks_per_second", static_cast<double>(options.count * kTasksPerMessage) /
                                       absl::ToDoubleSeconds(took)}};
}

absl::StatusOr<json> WriteAndMap(const Options& options) {
  ASSIGN_OR_RETURN(const Samples samples,
                   orrery::bench::WriteAndMap(options.folder, options.count, options.bytes));
  return RateOf(options.bytes, samples.Quantile(0.5));
}

const std::map<std::string, Limit>& Limits() {
  static const std::map<std::string, Limit> kLimits = {
      {"grpc-serve",
       [](const Options& options) -> absl::StatusOr<json> {
         RETURN_IF_ERROR(orrery::bench::ServeEcho(options.address));
         return json::object();
       }},
      {"grpc-ping",
       [](const Options& options) {
         return SummaryOf(orrery::bench::PingOverGrpc(options.address, {.count = options.count}));
       }},
      {"grpc-idle-ping", PingWithGaps},
      {"grpc-stream", Stream},
      {"tcp-ping",
       [](const Options& options) {
         return SummaryOf(orrery::bench::PingOverSocket(/*is_tcp=*/true, options.count));
       }},
      {"unix-ping",
       [](const Options& options) {
         return SummaryOf(orrery::bench::PingOverSocket(/*is_tcp=*/false, options.count));
       }},
      {"fdatasync",
       [](const Options& options) {
         return SummaryOf(orrery::bench::SyncFile(options.folder, options.count));
       }},
      {"write-and-map", WriteAndMap},
      {"memcpy",
       [](const Options& options) -> absl::StatusOr<json> {
         return RateOf(options.bytes, orrery::bench::CopyMemory(options.bytes));
       }},
      {"sha256",
       [](const Options& options) -> absl::StatusOr<json> {
         return RateOf(options.bytes, orrery::bench::HashMemory(options.bytes));
       }},
      {"spawn", [](const Options& options) {
         return SummaryOf(orrery::bench::SpawnProgram(options.count));
       }}};
  return kLimits;
}

}  // namespace

int main(int argc, char** argv) {
  orrery::DisableAbseilDeadlockDetection();
  Options options;
  CLI::App app("Measures what this machine can do.");
  app.add_option("--address", options.address, "Of gRPC's server: host:port or unix:path");
  app.add_option("--folder", options.folder, "Where files are made");
  app.add_option("--count", options.count, "How often");
  app.add_option("--bytes", options.bytes, "How much");
  app.add_option("--gap-min", options.gap_min_seconds, "Seconds of idleness, at least");
  app.add_option("--gap-max", options.gap_max_seconds, "Seconds of idleness, at most");
  for (const auto& [name, limit] : Limits()) app.add_subcommand(name)->fallthrough();
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  const std::string name = app.get_subcommands().front()->get_name();
  const absl::StatusOr<json> report = Limits().at(name)(options);
  if (!report.ok()) {
    fmt::print(stderr, "bench_limits {}: {}\n", name, std::string(report.status().message()));
    return 1;
  }
  fmt::print("{}\n", report->dump());
  return 0;
}
