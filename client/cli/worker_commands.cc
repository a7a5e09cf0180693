// worker list, worker drain.
#include <memory>
#include <set>
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
  for (const graph::TaskSpec& task : worker.description.catalog->tasks) {
    if (!names.empty()) names += ", ";
    names += task.name;
    if (task.is_cacheable) names += fmt::format(" (cacheable, version {})", task.version);
  }
  const std::size_t listed = worker.description.catalog->tasks.size();
  if (listed < worker.task_count) names += fmt::format(" and {} more", worker.task_count - listed);
  return names;
}

absl::StatusOr<ExitCode> RunWorkerList(Invocation& invocation) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, client.ListWorkers());
  if (invocation.is_json()) {
    graph::List list;
    for (const client::WorkerInfo& worker : workers) list.emplace_back(WorkerToJson(worker));
    PrintJson(invocation.console, {{"workers", std::move(list)}});
    return ExitCode::kOk;
  }
  std::vector<std::vector<std::string>> rows = {
      {"WORKER", "INSTANCE", "HOST", "PROCESS", "STATE", "BUSY", "STUCK", "TASKS"}};
  for (const client::WorkerInfo& worker : workers) {
    rows.push_back({worker.description.name(), worker.description.instance.ToString(),
                    worker.description.host, std::to_string(worker.description.process_id),
                    std::string(client::StateName(worker.state)),
                    fmt::format("{}/{}", worker.attempts, worker.description.slots),
                    std::to_string(worker.stuck_slots), TaskNames(worker)});
  }
  invocation.console.out << FormatTable(rows) << std::flush;
  return ExitCode::kOk;
}

struct DrainArguments {
  std::string worker;
  client::DrainOptions options;
};

// Returns the instances that the argument of `worker drain` names.
absl::StatusOr<std::set<Uuid>> FindInstances(client::Client& client, const std::string& worker) {
  ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers, client.ListWorkers());
  std::set<Uuid> instances;
  for (const client::WorkerInfo& info : workers) {
    if (info.description.name() == worker || info.description.instance.ToString() == worker) {
      instances.insert(info.description.instance);
    }
  }
  return instances;
}

absl::StatusOr<ExitCode> RunWorkerDrain(Invocation& invocation, const DrainArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const std::set<Uuid> instances, FindInstances(client, arguments.worker));
  RETURN_IF_ERROR(client.DrainWorkers(arguments.worker, arguments.options));
  if (invocation.is_json()) {
    graph::List list;
    for (const Uuid& instance : instances) list.emplace_back(instance.ToString());
    PrintJson(invocation.console,
              {{"drained", std::move(list)}, {"left", arguments.options.waits}});
  } else {
    invocation.console.err << fmt::format("{} worker{} {}", instances.size(),
                                          instances.size() == 1 ? "" : "s",
                                          arguments.options.waits ? "drained and left" : "draining")
                           << std::endl;
  }
  return ExitCode::kOk;
}

void AddDrainCommand(CLI::App& worker, Invocation& invocation) {
  CLI::App* command = worker.add_subcommand(
      "drain", "Let workers finish what they hold and exit; a pool starts new ones");
  AddCommonOptions(*command, invocation);
  const auto arguments = std::make_shared<DrainArguments>();
  command->add_option("worker", arguments->worker, "Name of workers, or id of one instance")
      ->type_name("NAME|INSTANCE")
      ->required();
  command->add_option("--reason", arguments->options.reason,
                      "Reason, written to the workers' logs");
  CLI::Option* wait =
      command->add_flag("--wait", arguments->options.waits, "Wait until the workers have left");
  command
      ->add_option_function<double>(
          "--timeout",
          [arguments](double seconds) { arguments->options.timeout = absl::Seconds(seconds); },
          "With --wait: stop waiting after this many seconds")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->needs(wait);
  command->footer(
      "Examples:\n"
      "  orrery worker drain scipy_worker --wait\n"
      "  orrery worker drain 2f1c9a3e-0b7d-4a53-9c9d-3f0a6f6a2f11 --reason 'the node is serviced'");
  command->callback([&invocation, arguments] {
    invocation.run = [&invocation, arguments] { return RunWorkerDrain(invocation, *arguments); };
  });
}

}  // namespace

void AddWorkerCommands(CLI::App& app, Invocation& invocation) {
  CLI::App* worker =
      app.add_subcommand("worker", "List and drain workers, the programs that run tasks");
  worker->require_subcommand(1);
  worker->footer(
      "Examples:\n"
      "  orrery worker list\n"
      "  orrery worker drain scipy_worker --wait");
  AddDrainCommand(*worker, invocation);
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
