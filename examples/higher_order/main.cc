// Runs one of the higher-order graphs of client/cpp/graphs, with builtins only, checks the outputs
// and prints them.
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "client/cpp/address.h"
#include "client/cpp/client.h"
#include "examples/higher_order/example.h"
#include "examples/higher_order/fold.h"
#include "examples/higher_order/map_reduce.h"
#include "examples/higher_order/repeat.h"
#include "examples/higher_order/repeat_until.h"
#include "fmt/format.h"
#include "graph/graph_data.h"

namespace {

using higher_order::Example;
using orrery::Uuid;
using orrery::client::Client;

struct Options {
  bool print_graph = false;
  std::string server;
  std::string id;
  higher_order::FoldOptions fold;
  higher_order::MapReduceOptions map_reduce;
  higher_order::RepeatOptions repeat;
  higher_order::RepeatUntilOptions repeat_until;
};

void AddSubcommands(CLI::App& app, Options& options) {
  CLI::App* fold = app.add_subcommand("fold", "The value of a polynomial");
  fold->add_option("--x", options.fold.x, "Where");
  fold->add_option("--coefficients", options.fold.coefficients, "The highest power's first")
      ->expected(0, -1);
  CLI::App* map_reduce = app.add_subcommand("map_reduce", "The sum of the first squares");
  map_reduce->add_option("--count", options.map_reduce.count, "How many");
  CLI::App* repeat = app.add_subcommand("repeat", "Compound interest");
  repeat->add_option("--capital", options.repeat.capital, "At first");
  repeat->add_option("--factor", options.repeat.factor, "Its growth in a year");
  repeat->add_option("--years", options.repeat.years, "How often it grows");
  CLI::App* repeat_until = app.add_subcommand("repeat_until", "The Collatz sequence down to 1");
  repeat_until->add_option("--start", options.repeat_until.start, "Its first number");
  repeat_until->add_option("--tries-max", options.repeat_until.tries_max, "Steps before giving up");
  app.require_subcommand(1);
}

absl::StatusOr<Example> MakeExample(const std::string& name, const Options& options) {
  if (name == "fold") return higher_order::FoldExample(options.fold);
  if (name == "map_reduce") return higher_order::MapReduceExample(options.map_reduce);
  if (name == "repeat") return higher_order::RepeatExample(options.repeat);
  return higher_order::RepeatUntilExample(options.repeat_until);
}

absl::Status RunExample(const Options& options, Example example) {
  orrery::client::SubmitOptions submission;
  if (!options.id.empty()) {
    ASSIGN_OR_RETURN(submission.id, Uuid::Parse(options.id));
  }
  ASSIGN_OR_RETURN(std::string address, orrery::client::ResolveAddress(
                                            orrery::client::AddressSourcesFor(options.server)));
  Client client({.address = std::move(address)});
  ASSIGN_OR_RETURN(const auto submitted, client.Submit(submission, std::move(example.graph)));
  ASSIGN_OR_RETURN(const auto workflow, client.Wait(submitted.id, absl::InfiniteDuration()));
  if (workflow.failure.has_value()) {
    return absl::AbortedError(fmt::format("{} failed: {}", workflow.failure->location.ToString(),
                                          workflow.failure->error.message));
  }
  ASSIGN_OR_RETURN(const std::string result, example.check(client, submitted.id));
  fmt::print("{}\n", result);
  return absl::OkStatus();
}

absl::Status Main(const std::string& name, const Options& options) {
  ASSIGN_OR_RETURN(Example example, MakeExample(name, options));
  if (!options.print_graph) return RunExample(options, std::move(example));
  fmt::print("{}\n", orrery::graph::WriteGraphData(example.graph));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs a higher-order graph on builtins and checks its result.");
  app.add_flag("--print-graph", options.print_graph, "Print the graph as GraphData JSON and end");
  app.add_option("--server", options.server, "The controller: host:port or unix:path");
  app.add_option("--id", options.id, "The workflow's id, an integer or a UUID");
  AddSubcommands(app, options);
  CLI11_PARSE(app, argc, argv);
  const std::string name = app.get_subcommands().front()->get_name();
  const absl::Status status = Main(name, options);
  if (status.ok()) return 0;
  fmt::print(stderr, "higher_order {}: {}\n", name, std::string(status.message()));
  return 1;
}
