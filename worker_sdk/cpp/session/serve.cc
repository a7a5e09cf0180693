#include "worker_sdk/cpp/session/serve.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/process.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/session/attempt_runner.h"
#include "worker_sdk/cpp/session/session_client.h"
#include "worker_sdk/cpp/session/signal_watcher.h"
#include "worker_sdk/cpp/session/slot_pool.h"
#include "worker_sdk/cpp/session/stderr_tap.h"

namespace orrery {
namespace {

constexpr const char* kSdkVersion = "0.1.0";
// Time for tasks to notice their cancellation after the session has ended.
constexpr absl::Duration kLastWords = absl::Seconds(1);

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

absl::StatusOr<Uuid> InstanceId(Random& random) {
  const std::string text = EnvironmentVariable("ORRERY_INSTANCE_ID");
  if (text.empty()) return Uuid::FromRandom(random);
  absl::StatusOr<Uuid> instance = Uuid::Parse(text);
  if (instance.ok()) return instance;
  return absl::InvalidArgumentError(
      fmt::format("ORRERY_INSTANCE_ID is '{}': expected a UUID", text));
}

// Returns false if the parent is dead already.
bool DieWithParent() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  const std::string parent = EnvironmentVariable("ORRERY_PARENT_PID");
  return parent.empty() || parent == std::to_string(::getppid());
}

// Without destructors: tasks that run use what they would destroy.
[[noreturn]] void EndProcess(int code) {
  std::fflush(nullptr);
  std::_Exit(code);
}

}  // namespace

int Serve(const ServeOptions& options, graph::Catalog catalog, const TaskRegistry& registry) {
  SurviveBrokenPipes();
  SystemRandom random;
  const absl::StatusOr<Uuid> instance = InstanceId(random);
  if (!instance.ok()) {
    LOG(ERROR, "worker.environment").With("error", instance.status());
    return kExitUsage;
  }
  const bool dies_with_controller = EnvironmentVariable("ORRERY_DIES_WITH_CONTROLLER") == "1";
  if (dies_with_controller && !DieWithParent()) {
    LOG(ERROR, "worker.orphaned");
    return kExitLeft;
  }

  const SystemClock clock;
  AttemptBoard board(clock);
  const StderrTap tap(
      [&board](std::string_view text) { board.AppendOutput(AttemptThread::Current(), text); });
  ValueStore values({.address = options.address, .owner = instance->ToString()});
  const std::string worker = catalog.worker;
  const AttemptRunner runner(worker, {.registry = registry, .board = board, .values = values});
  SessionClient client(
      {.address = options.address,
       .root = options.root,
       .worker = {.instance = *instance,
                  .host = HostName(),
                  .process_id = static_cast<std::uint32_t>(::getpid()),
                  .slots = options.slots,
                  .labels = options.labels,
                  .catalog = std::make_shared<const graph::Catalog>(std::move(catalog)),
                  .sdk_version = kSdkVersion,
                  .dies_with_controller = dies_with_controller}},
      {.board = board, .values = values, .clock = clock, .random = random});
  SlotPool slots(client, options.slots,
                 [&](StartedAttempt& started) { return runner.Run(started); });
  const SignalWatcher signals([&](int count) {
    if (count > 1) EndProcess(kExitLeft);
    LOG(INFO, "worker.draining").With("worker", worker).With("reason", "signal");
    client.Drain("the worker was told to stop");
  });
  LOG(INFO, "worker.started")
      .With("worker", worker)
      .With("instance", instance->ToString())
      .With("slots", options.slots)
      .With("address", options.address);
  const SessionResult result = client.Run();
  const int code = result.end == SessionEnd::kRefused ? kExitRefused : kExitLeft;
  LOG(INFO, "worker.ended").With("worker", worker).With("code", code).With("why", result.message);
  if (!slots.AwaitEnd(kLastWords)) {
    LOG(WARNING, "worker.tasks_left_behind").With("worker", worker);
    EndProcess(code);
  }
  return code;
}

}  // namespace orrery
