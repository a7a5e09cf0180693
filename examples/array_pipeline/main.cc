// Builds the array pipeline, runs it, and prints the outputs.
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
#include "examples/array_pipeline/pipeline.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "graph/graph_data.h"
#include "graph/native/encode.h"
#include "worker_sdk/cpp/array/array_codecs.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace {

using orrery::NDArray;
using orrery::Uuid;
using orrery::client::Client;
using orrery::client::Workflow;

struct Options {
  bool print_graph = false;
  std::string server;
  std::string id;
  bool clean = false;
};

// The worker chose the serializer; the media type tells which one.
orrery::graph::CodecSet CodecsFor(const orrery::graph::Value& value) {
  orrery::graph::CodecSet codecs;
  if (value.media_type == orrery::graph::kMediaTypeJson) {
    codecs.Set(orrery::JsonListCodec());
  } else if (value.media_type == orrery::graph::kMediaTypeRawArray) {
    codecs.Set(orrery::RawCodec());
  } else {
    codecs.Set(orrery::NpyCodec());
  }
  return codecs;
}

absl::Status PrintOutputs(Client& client, const Uuid& id) {
  ASSIGN_OR_RETURN(const orrery::graph::Value value, client.ReadOutput(id, "a"));
  ASSIGN_OR_RETURN(const NDArray a, orrery::graph::DecodeNative<NDArray>(value, CodecsFor(value)));
  ASSIGN_OR_RETURN(const auto numbers, a.ToFloat64());
  ASSIGN_OR_RETURN(const double p, client.Read<double>(id, "p"));

  fmt::print("a = {}, written as {}\n", a.Describe(), value.media_type);
  for (std::size_t row = 0; row < numbers.shape(0); ++row) {
    for (std::size_t column = 0; column < numbers.shape(1); ++column) {
      fmt::print("{:9.5f}", numbers(row, column));
    }
    fmt::print("\n");
  }
  fmt::print("p = {}\n", p);
  return absl::OkStatus();
}

absl::Status RunPipeline(const Options& options, orrery::graph::Graph graph) {
  orrery::client::SubmitOptions submission{
      .id = std::nullopt, .name = "", .clean = options.clean, .wait_for_workers = true};
  if (!options.id.empty()) {
    ASSIGN_OR_RETURN(submission.id, Uuid::Parse(options.id));
  }
  ASSIGN_OR_RETURN(std::string address, orrery::client::ResolveAddress(
                                            orrery::client::AddressSourcesFor(options.server)));
  Client client({.address = std::move(address)});
  ASSIGN_OR_RETURN(const auto submitted, client.Submit(submission, std::move(graph)));
  ASSIGN_OR_RETURN(const Workflow workflow, client.Wait(submitted.id, absl::InfiniteDuration()));
  if (workflow.failure.has_value()) {
    return absl::AbortedError(fmt::format("{} failed: {}", workflow.failure->location.ToString(),
                                          workflow.failure->error.message));
  }
  fmt::print("workflow {} {}\n", submitted.id.ToString(),
             orrery::client::StatusName(workflow.status));
  return PrintOutputs(client, submitted.id);
}

absl::Status Main(const Options& options) {
  ASSIGN_OR_RETURN(orrery::graph::Graph graph, array_pipeline::BuildPipeline());
  if (!options.print_graph) return RunPipeline(options, std::move(graph));
  fmt::print("{}\n", orrery::graph::WriteGraphData(graph));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs the array pipeline on the tasks of scipy_worker.");
  app.add_flag("--print-graph", options.print_graph, "Print the graph as GraphData JSON and end");
  app.add_option("--server", options.server, "The controller: host:port or unix:path");
  app.add_option("--id", options.id, "The workflow's id, an integer or a UUID");
  app.add_flag("--clean", options.clean, "Delete a settled workflow of this id first");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Main(options);
  if (status.ok()) return 0;
  fmt::print(stderr, "array_pipeline: {}\n", std::string(status.message()));
  return 1;
}
