#include "worker_sdk/cpp/worker.h"

#include <cstdio>
#include <string_view>
#include <variant>

#include "base/mutex.h"
#include "base/shown_text.h"
#include "base/standard_streams.h"
#include "graph/catalog_json.h"
#include "worker_sdk/cpp/command_line.h"
#include "worker_sdk/cpp/session/serve.h"
#include "worker_sdk/cpp/stubs.h"

namespace orrery {
namespace {

// FinishOutput reports what could not be written to standard output.
void Print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

}  // namespace

int Worker::Main(int argc, char** argv) {
  PrepareStandardStreams();
  DisableAbseilDeadlockDetection();
  return FinishOutput(registry_.worker(), Run(argc, argv));
}

int Worker::Run(int argc, char** argv) {
  const auto parsed = ParseCommandLine(registry_.worker(), argc, argv);
  if (const auto* end = std::get_if<CommandEnd>(&parsed)) {
    Print(stdout, end->output);
    Print(stderr, ShownLines(end->error));
    return end->code;
  }
  absl::StatusOr<graph::Catalog> catalog = registry_.Prepare();
  if (!catalog.ok()) {
    Print(stderr, ShownLines(registry_.worker() + " cannot start:\n" +
                             std::string(catalog.status().message()) + "\n"));
    return kExitUsage;
  }
  const auto& command = std::get<WorkerCommand>(parsed);
  switch (command.mode) {
    case WorkerMode::kCatalog:
      Print(stdout, graph::WriteCatalogJson(*catalog));
      return 0;
    case WorkerMode::kStubs:
      Print(stdout, StubsHeader(*catalog, command.stubs_namespace));
      return 0;
    case WorkerMode::kServe:
      break;
  }
  return Serve({.address = command.address,
                .root = command.root,
                .slots = command.slots,
                .labels = command.labels},
               *std::move(catalog), registry_);
}

}  // namespace orrery
