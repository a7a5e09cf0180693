// The client of the benchmarks: runs one workflow, or many, checks what comes of them, and prints
// how long it took as one line of JSON.

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "bench/client/graphs.h"
#include "bench/client/job.h"
#include "bench/client/latency.h"
#include "bench/measure/samples.h"
#include "client/cpp/client.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace {

using orrery::Uuid;
using orrery::bench::Element;
using orrery::bench::Job;
using orrery::client::Client;

struct Options {
  std::string server;
  std::int64_t count = 0;
  orrery::bench::MapOptions map;
  orrery::bench::StencilOptions stencil;
  orrery::bench::ValuesOptions values;
  orrery::bench::StepsOptions steps;
  orrery::bench::StartOptions start;
  double gap_min_seconds = 0.2;
  double gap_max_seconds = 4;
  // The workflow to wait for instead of submitting it.
  std::string id;
  bool no_wait = false;
};

// A kind of workflow that is run once.
using MakeJob = std::function<absl::StatusOr<Job>(const Options&)>;
// A measurement other than one run of a workflow.
using Measure = std::function<absl::StatusOr<nlohmann::json>(const Options&)>;

const std::map<std::string, MakeJob>& Jobs() {
  static const std::map<std::string, MakeJob> kJobs = {
      {"map",
       [](const Options& options) {
         orrery::bench::MapOptions map = options.map;
         map.count = options.count;
         return orrery::bench::MapJob(map);
       }},
      {"explicit",
       [](const Options& options) { return orrery::bench::ExplicitJob(options.count); }},
      {"loop", [](const Options& options) { return orrery::bench::WorkerLoopJob(options.count); }},
      {"builtin-loop",
       [](const Options& options) { return orrery::bench::BuiltinLoopJob(options.count); }},
      {"stencil",
       [](const Options& options) { return orrery::bench::StencilJob(options.stencil); }},
      {"values",
       [](const Options& options) {
         orrery::bench::ValuesOptions values = options.values;
         values.count = options.count;
         return orrery::bench::ValuesJob(values);
       }},
      {"hand-over",
       [](const Options& options) { return orrery::bench::HandOverJob(options.values); }},
      {"blocked", [](const Options& options) { return orrery::bench::BlockedJob(options.count); }}};
  return kJobs;
}

const std::map<std::string, Measure>& Measures() {
  static const std::map<std::string, Measure> kMeasures = {
      {"steps",
       [](const Options& options) {
         orrery::bench::StepsOptions steps = options.steps;
         steps.count = options.count;
         return orrery::bench::MeasureSteps(options.server, steps);
       }},
      {"idle",
       [](const Options& options) {
         return orrery::bench::MeasureIdle(options.server,
                                           {.count = options.count,
                                            .gap_min = absl::Seconds(options.gap_min_seconds),
                                            .gap_max = absl::Seconds(options.gap_max_seconds)});
       }},
      {"start", [](const Options& options) { return orrery::bench::MeasureStart(options.start); }}};
  return kMeasures;
}

absl::StatusOr<nlohmann::json> RunOnce(const Options& options, const MakeJob& make) {
  ASSIGN_OR_RETURN(Job job, make(options));
  Client client({.address = options.server});
  if (!options.id.empty()) {
    ASSIGN_OR_RETURN(const Uuid id, Uuid::Parse(options.id));
    const absl::Duration began = orrery::bench::Elapsed();
    RETURN_IF_ERROR(orrery::bench::AwaitJob(client, id, job));
    return nlohmann::json{{"seconds", absl::ToDoubleSeconds(orrery::bench::Elapsed() - began)}};
  }
  if (options.no_wait) {
    const absl::Duration began = orrery::bench::Elapsed();
    ASSIGN_OR_RETURN(const auto submitted,
                     client.Submit({.wait_for_workers = true}, std::move(job.graph)));
    return nlohmann::json{{"workflow", submitted.id.ToString()},
                          {"seconds", absl::ToDoubleSeconds(orrery::bench::Elapsed() - began)}};
  }
  // Other systems' clients are connected, too, before their clock starts.
  RETURN_IF_ERROR(client.List(1).status());
  ASSIGN_OR_RETURN(const absl::Duration took, orrery::bench::RunJob(client, std::move(job)));
  return nlohmann::json{{"seconds", absl::ToDoubleSeconds(took)}};
}

absl::StatusOr<nlohmann::json> Main(const std::string& name, const Options& options) {
  if (const auto job = Jobs().find(name); job != Jobs().end()) {
    return RunOnce(options, job->second);
  }
  return Measures().at(name)(options);
}

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--server", options.server, "The controller: host:port or unix:path");
  app.add_option("--count", options.count, "Elements, nodes, iterations, workflows");
  app.add_option("--element", options.map.element, "What a map runs: noop, counted, nap, ...")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Element>{{"noop", Element::kNoop},
                                         {"counted", Element::kCounted},
                                         {"nap", Element::kNap},
                                         {"run-program", Element::kRunProgram},
                                         {"hold", Element::kHold}}));
  app.add_option("--nap", options.map.nap_seconds, "Seconds that an element of a map sleeps");
  app.add_option("--gate", options.map.gate, "The file that elements of a map wait for");
  app.add_option("--width", options.stencil.width, "Tasks in a layer of the stencil");
  app.add_option("--depth", options.stencil.depth, "Layers of the stencil");
  app.add_option("--bytes", options.values.bytes, "Of each value");
  app.add_option("--seed", options.values.seed, "Makes the values others than those of other runs");
  app.add_option("--clients", options.steps.clients, "Clients at the same time");
  app.add_option("--gap-min", options.gap_min_seconds, "Seconds of idleness, at least");
  app.add_option("--gap-max", options.gap_max_seconds, "Seconds of idleness, at most");
  app.add_option("--daemon", options.start.daemon, "The program orreryd");
  app.add_option("--root", options.start.root, "The root of the controller that is started");
  app.add_option("--registry", options.start.registry, "The programs that it runs as workers");
  app.add_option("--await", options.id, "Wait for the workflow of this id, which runs already");
  app.add_flag("--no-wait", options.no_wait, "Only submit it, whether or not there are workers");
}

}  // namespace

int main(int argc, char** argv) {
  orrery::DisableAbseilDeadlockDetection();
  Options options;
  CLI::App app("Runs workflows of the benchmarks and prints how long they took.");
  AddOptions(app, options);
  for (const auto& [name, job] : Jobs()) app.add_subcommand(name)->fallthrough();
  for (const auto& [name, measure] : Measures()) app.add_subcommand(name)->fallthrough();
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  const std::string name = app.get_subcommands().front()->get_name();
  const absl::StatusOr<nlohmann::json> report = Main(name, options);
  if (!report.ok()) {
    fmt::print(stderr, "bench_client {}: {}\n", name, std::string(report.status().message()));
    return 1;
  }
  fmt::print("{}\n", report->dump());
  return 0;
}
