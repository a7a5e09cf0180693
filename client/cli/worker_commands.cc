// worker list, worker drain, pool restart.
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "base/time_text.h"
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
    if (task.version.empty()) continue;
    names += fmt::format(" ({}version {})", task.is_cacheable ? "cacheable, " : "", task.version);
  }
  const std::size_t listed = worker.description.catalog->tasks.size();
  if (listed < worker.task_count) names += fmt::format(" and {} more", worker.task_count - listed);
  return names;
}

// Returns "connected", "draining for 3m2s, waits for 2 tasks".
std::string DescribeState(const client::WorkerInfo& worker, absl::Time now) {
  std::string state(client::StateName(worker.state));
  if (worker.state != client::WorkerState::kDraining) return state;
  const absl::Duration elapsed = absl::Trunc(now - worker.draining_since, absl::Seconds(1));
  return fmt::format("{} for {}, waits for {} {}", state, absl::FormatDuration(elapsed),
                     worker.attempts, worker.attempts == 1 ? "task" : "tasks");
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
      {"WORKER", "INSTANCE", "HOST", "PROCESS", "POOL", "STATE", "BUSY", "STUCK", "TASKS"}};
  const absl::Time now = absl::Now();
  for (const client::WorkerInfo& worker : workers) {
    rows.push_back({worker.description.name(), worker.description.instance.ToString(),
                    worker.description.host, std::to_string(worker.description.process_id),
                    worker.pool, DescribeState(worker, now),
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

// Returns the workers that the argument of `worker drain` names.
absl::StatusOr<std::vector<client::WorkerInfo>> FindWorkers(client::Client& client,
                                                            const std::string& worker) {
  ASSIGN_OR_RETURN(std::vector<client::WorkerInfo> workers, client.ListWorkers());
  std::erase_if(workers, [&](const client::WorkerInfo& info) {
    return info.description.name() != worker && info.description.instance.ToString() != worker;
  });
  return workers;
}

// Adds to an error that the workers have not left in time what they still run.
absl::Status WithLeftovers(client::Client& client, const std::string& worker,
                           const absl::Status& status) {
  if (!absl::IsDeadlineExceeded(status)) return status;
  const absl::StatusOr<std::vector<client::WorkerInfo>> workers = FindWorkers(client, worker);
  std::string message(status.message());
  for (const client::WorkerInfo& left : workers.value_or(std::vector<client::WorkerInfo>())) {
    if (left.state != client::WorkerState::kDraining) continue;
    message += fmt::format("; worker {} {} on host {} (process {}) still runs {} {}",
                           left.description.name(), left.description.instance.ToString(),
                           left.description.host, left.description.process_id, left.attempts,
                           left.attempts == 1 ? "task" : "tasks");
  }
  return absl::DeadlineExceededError(message);
}

absl::StatusOr<ExitCode> RunWorkerDrain(Invocation& invocation, const DrainArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers,
                   FindWorkers(client, arguments.worker));
  RETURN_IF_ERROR(WithLeftovers(client, arguments.worker,
                                client.DrainWorkers(arguments.worker, arguments.options)));
  if (invocation.is_json()) {
    graph::List list;
    for (const client::WorkerInfo& worker : workers) {
      list.emplace_back(worker.description.instance.ToString());
    }
    PrintJson(invocation.console,
              {{"drained", std::move(list)}, {"left", arguments.options.waits}});
  } else {
    invocation.console.err << fmt::format("{} worker{} {}", workers.size(),
                                          workers.size() == 1 ? "" : "s",
                                          arguments.options.waits ? "drained and left" : "draining")
                           << std::endl;
  }
  return ExitCode::kOk;
}

// Reads "90s", "5m", or a number of seconds.
absl::StatusOr<absl::Duration> ParseTimeout(const std::string& text) {
  double seconds = 0;
  if (absl::SimpleAtod(text, &seconds) && seconds >= 0) return absl::Seconds(seconds);
  return ParseDuration(text);
}

void AddTimeoutOption(CLI::App& command, client::DrainOptions& options, const std::string& help) {
  command
      .add_option_function<std::string>(
          "--timeout",
          [&options](const std::string& text) {
            options.waits = true;
            options.timeout = ParseTimeout(text).value();
          },
          help)
      ->type_name("DURATION")
      ->check([](const std::string& text) {
        const absl::StatusOr<absl::Duration> duration = ParseTimeout(text);
        return duration.ok() ? std::string() : std::string(duration.status().message());
      });
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
  command->add_flag("--wait", arguments->options.waits, "Wait until the workers have left");
  AddTimeoutOption(*command, arguments->options,
                   "Wait, but no longer than this, such as 30s or 5m; then exit with code 8 and "
                   "name what still runs");
  command->footer(
      "A draining worker takes no more tasks and waits for those that it runs, however long they\n"
      "take: a task that never ends holds it for ever. orrery worker list shows for how long a\n"
      "worker has been draining, and for how many tasks it waits; cancel their workflows, or end\n"
      "the process, to end the drain.\n"
      "\n"
      "Examples:\n"
      "  orrery worker drain scipy_worker --wait\n"
      "  orrery worker drain scipy_worker --timeout 5m\n"
      "  orrery worker drain 2f1c9a3e-0b7d-4a53-9c9d-3f0a6f6a2f11 --reason 'the node is serviced'");
  command->callback([&invocation, arguments] {
    invocation.run = [&invocation, arguments] { return RunWorkerDrain(invocation, *arguments); };
  });
}

struct RestartArguments {
  std::string pool;
  client::DrainOptions options{.waits = true, .awaits_replacements = true};
};

// Returns the workers that the pool has started.
absl::StatusOr<std::vector<client::WorkerInfo>> FindPoolWorkers(client::Client& client,
                                                                const std::string& pool) {
  ASSIGN_OR_RETURN(std::vector<client::WorkerInfo> workers, client.ListWorkers());
  std::set<std::string> pools;
  for (const client::WorkerInfo& worker : workers) {
    if (!worker.pool.empty()) pools.insert(worker.pool);
  }
  std::erase_if(workers, [&](const client::WorkerInfo& worker) { return worker.pool != pool; });
  if (!workers.empty()) return workers;
  return absl::NotFoundError(fmt::format(
      "no worker of a pool \"{}\" is connected; {}", pool,
      pools.empty()
          ? "no pool has connected workers"
          : fmt::format("the pools with connected workers are {}", fmt::join(pools, ", "))));
}

absl::StatusOr<ExitCode> RunPoolRestart(Invocation& invocation, const RestartArguments& arguments) {
  ASSIGN_OR_RETURN(client::Client client, Connect(invocation));
  ASSIGN_OR_RETURN(const std::vector<client::WorkerInfo> workers,
                   FindPoolWorkers(client, arguments.pool));
  graph::List restarted;
  for (const client::WorkerInfo& worker : workers) {
    const std::string instance = worker.description.instance.ToString();
    const absl::Time deadline = absl::Now() + arguments.options.timeout;
    absl::Status status =
        WithLeftovers(client, instance, client.DrainWorkers(instance, arguments.options));
    // It has ended meanwhile, and the pool replaces it anyway.
    if (status.ok() || absl::IsNotFound(status)) {
      status = client.AwaitPool(arguments.pool, workers.size(), deadline - absl::Now());
    }
    if (!status.ok()) {
      return absl::Status(
          status.code(),
          fmt::format("{} of {} workers of pool {} restarted: {}; orrery pool restart {} goes on",
                      restarted.size(), workers.size(), arguments.pool,
                      std::string(status.message()), arguments.pool));
    }
    restarted.emplace_back(instance);
    if (invocation.is_json()) continue;
    invocation.console.err << fmt::format("{} of {} workers of pool {} restarted", restarted.size(),
                                          workers.size(), arguments.pool)
                           << std::endl;
  }
  if (invocation.is_json()) {
    PrintJson(invocation.console, {{"pool", arguments.pool}, {"restarted", std::move(restarted)}});
  }
  return ExitCode::kOk;
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

void AddPoolCommands(CLI::App& app, Invocation& invocation) {
  CLI::App* pool = app.add_subcommand("pool", "Restart the workers of a pool");
  pool->require_subcommand(1);
  pool->footer(
      "Examples:\n"
      "  orrery pool restart scipy_worker");
  CLI::App* command = pool->add_subcommand(
      "restart", "Replace the workers of a pool one by one, as after an upgrade of its program");
  AddCommonOptions(*command, invocation);
  const auto arguments = std::make_shared<RestartArguments>();
  command->add_option("pool", arguments->pool, "Name of the pool")->type_name("NAME")->required();
  command->add_option("--reason", arguments->options.reason,
                      "Reason, written to the workers' logs");
  AddTimeoutOption(*command, arguments->options,
                   "Wait no longer than this for each worker, such as 30s or 5m; then exit with "
                   "code 8 and name what still runs");
  command->footer(
      "Drains one worker, waits until it has left and its replacement has connected, and goes on\n"
      "with the next. The other workers run tasks meanwhile. A node runs at a worker of the "
      "version\n"
      "that its graph was checked against, as long as there is one.\n"
      "\n"
      "Examples:\n"
      "  orrery pool restart scipy_worker\n"
      "  orrery pool restart scipy_worker --timeout 10m");
  command->callback([&invocation, arguments] {
    invocation.run = [&invocation, arguments] { return RunPoolRestart(invocation, *arguments); };
  });
}

}  // namespace orrery::cli
