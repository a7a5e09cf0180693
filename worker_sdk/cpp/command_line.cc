#include "worker_sdk/cpp/command_line.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "base/process.h"
#include "base/shown_text.h"
#include "fmt/format.h"
#include "model/worker.h"
#include "rpc/address.h"
#include "worker_sdk/cpp/session/serve.h"

namespace orrery {
namespace {

constexpr std::string_view kFooter = R"(
Connects to --server, else $ORRERY_SERVER, else unix:<root>/orreryd.sock, where <root> is
$ORRERY_HOME or ~/.orrery. Retries until a controller answers. On SIGTERM, SIGINT or SIGHUP the
worker finishes its running tasks and exits; a second signal ends it at once.

Examples:
  {0}                                   serve the controller of this machine
  {0} --server host:7717 --slots 8      serve another controller, 8 tasks at the same time
  {0} --catalog                         print the tasks as JSON
  {0} --stubs > {0}_stubs.h             print typed stubs for the graph builder

Exit codes: 0 drained, 2 wrong command line or registration, 6 refused by the controller, or
output could not be written.)";

struct Arguments {
  std::string server;
  std::string slots;
  std::vector<std::string> labels;
  bool wants_catalog = false;
  bool wants_stubs = false;
  std::string stubs_namespace;
};

CommandEnd Misuse(const std::string& worker, std::string_view problem) {
  return {.code = kExitUsage, .error = fmt::format("{}: {}\n", worker, problem)};
}

// Returns nullopt unless `text` is a number from 1 to the limit.
std::optional<std::uint32_t> ParseSlots(const std::string& text) {
  std::uint32_t slots = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), slots);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || slots < 1 || slots > model::kWorkerSlots.max) return std::nullopt;
  return slots;
}

std::variant<WorkerCommand, CommandEnd> Check(const std::string& worker,
                                              const Arguments& arguments) {
  WorkerCommand command{.root = rpc::DefaultRoot(), .stubs_namespace = arguments.stubs_namespace};
  if (arguments.wants_catalog) command.mode = WorkerMode::kCatalog;
  if (arguments.wants_stubs) command.mode = WorkerMode::kStubs;
  if (command.mode != WorkerMode::kServe) return command;

  command.address = arguments.server;
  if (command.address.empty()) command.address = EnvironmentVariable("ORRERY_SERVER");
  if (command.address.empty()) {
    command.address = fmt::format("unix:{}", rpc::SocketPath(command.root));
  }
  const absl::StatusOr<rpc::Address> address = rpc::Address::ParseReachable(command.address);
  if (!address.ok()) return Misuse(worker, std::string(address.status().message()));
  std::string slots = arguments.slots;
  if (slots.empty()) slots = EnvironmentVariable("ORRERY_SLOTS");
  if (slots.empty()) slots = std::to_string(std::max(1U, std::thread::hardware_concurrency()));
  const std::optional<std::uint32_t> count = ParseSlots(slots);
  if (!count.has_value()) {
    return Misuse(worker, fmt::format("invalid number of slots '{}': expected 1 to {} (limit {})",
                                      slots, model::kWorkerSlots.max, model::kWorkerSlots.name));
  }
  command.slots = *count;
  for (const std::string& label : arguments.labels) {
    const std::size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Misuse(worker, fmt::format("invalid label '{}': expected key=value", label));
    }
    if (!IsShownAsIs(label)) {
      return Misuse(worker, fmt::format("invalid label '{}': a label is UTF-8 without control "
                                        "characters",
                                        ShownText(label)));
    }
    command.labels[label.substr(0, equals)] = label.substr(equals + 1);
  }
  return command;
}

}  // namespace

std::variant<WorkerCommand, CommandEnd> ParseCommandLine(const std::string& worker, int argc,
                                                         const char* const* argv) {
  Arguments arguments;
  CLI::App app(fmt::format("Runs the tasks of {} for an Orrery controller.", worker), worker);
  app.footer(fmt::format(kFooter, worker));
  app.add_option("--server", arguments.server, "Address of the controller: host:port or unix:path");
  app.add_option(
      "--slots", arguments.slots,
      "Tasks that run at the same time (default: $ORRERY_SLOTS, else the number of cores)");
  app.add_option("--label", arguments.labels,
                 "Label key=value, shown by `orrery worker list -o json`; may be repeated")
      ->allow_extra_args(false);
  auto* catalog = app.add_flag("--catalog", arguments.wants_catalog, "Print the tasks as JSON");
  auto* stubs = app.add_flag("--stubs", arguments.wants_stubs, "Print a header with typed stubs");
  catalog->excludes(stubs);
  app.add_option("--namespace", arguments.stubs_namespace,
                 "C++ namespace of the stubs (default: the worker's name)")
      ->needs(stubs);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    std::ostringstream problem;
    const int code = app.exit(error, output, problem);
    return CommandEnd{
        .code = code == 0 ? 0 : kExitUsage, .output = output.str(), .error = problem.str()};
  }
  return Check(worker, arguments);
}

}  // namespace orrery
