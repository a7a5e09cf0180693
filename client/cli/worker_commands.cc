// worker list.
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/status_macros.h"
#include "client/cli/commands.h"
#include "client/cli/json_output.h"
#include "client/cli/text_output.h"
#include "fmt/format.h"
#include "graph/json.h"

namespace orrery::cli {
namespace {

std::string TaskNames(const client::WorkerInfo& worker) {
  std::string names;
  for (const graph::TaskSpec& task : worker.catalog.tasks) {
    if (!names.empty()) names += ", ";
    names += task.name;
    if (task.is_cacheable) names += fmt::format(" (cacheable, version {})", task.version);
  }
  return names;
}

absl::StatusOr<ExitCode> RunWorkerList(Invocation& invocation) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, client.ListWorkers());
  if (invocation.is_json()) {
    graph::List list;
    for (const client::WorkerInfo& worker : workers) list.emplace_back(WorkerToJson(worker));
    invocation.console.out << graph::WriteJson(graph::Object{{"workers", std::move(list)}})
                           << std::endl;
    return ExitCode::kOk;
  }
  std::vector<std::vector<std::string>> rows = {
      {"WORKER", "HOST", "PROCESS", "STATE", "BUSY", "TASKS"}};
  for (const client::WorkerInfo& worker : workers) {
    rows.push_back({worker.name, worker.host, std::to_string(worker.process_id),
                    std::string(client::StateName(worker.state)),
                    fmt::format("{}/{}", worker.attempts, worker.slots), TaskNames(worker)});
  }
  invocation.console.out << FormatTable(rows) << std::flush;
  return ExitCode::kOk;
}

}  // namespace

void AddWorkerCommands(CLI::App& app, Invocation& invocation) {
  CLI::App* worker = app.add_subcommand("worker", "Workers: the programs that run tasks");
  worker->require_subcommand(1);
  worker->footer(
      "Examples:\n"
      "  orrery worker list");
  CLI::App* command = worker->add_subcommand("list", "List the connected workers and their tasks");
  AddCommonOptions(*command, invocation);
  command->footer(
      "Examples:\n"
      "  orrery worker list\n"
      "  orrery worker list -o json");
  command->callback(
      [&invocation] { invocation.run = [&invocation] { return RunWorkerList(invocation); }; });
}

}  // namespace orrery::cli
