#include "executors/worker_pool.h"

#include <utility>

#include "base/log.h"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

constexpr absl::Duration kHealthyAfter = absl::Seconds(60);

}  // namespace

WorkerPool::WorkerPool(PoolSpec spec, PoolDependencies dependencies)
    : spec_(std::move(spec)), dependencies_(std::move(dependencies)), places_(spec_.size) {}

void WorkerPool::Start() {
  for (std::size_t place = 0; place < places_.size(); ++place) Launch(place);
}

void WorkerPool::Launch(std::size_t place) {
  if (is_stopping_) return;
  Place& mine = places_[place];
  mine.instance = Uuid::FromRandom(dependencies_.random);
  mine.started_at = dependencies_.clock.Now();
  LaunchSpec launch{.id = mine.instance,
                    .name = spec_.name,
                    .command = spec_.command,
                    .environment = spec_.environment,
                    .working_directory = "",
                    .output_path = OutputPath(place)};
  launch.environment["ORRERY_INSTANCE_ID"] = mine.instance.ToString();
  const absl::Status status = dependencies_.executor.Launch(launch);
  if (!status.ok()) {
    PlanNext(place, std::string(status.message()));
    return;
  }
  mine.is_running = true;
  dependencies_.on_start(mine.instance, spec_.name);
  LOG(INFO, "pool.process.started")
      .With("pool", spec_.name)
      .With("instance", mine.instance.ToString())
      .With("process", dependencies_.executor.Inspect(mine.instance).process_id)
      .With("output", launch.output_path);
}

void WorkerPool::OnExit(const Uuid& id, const std::string& reason) {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    if (!places_[place].is_running || places_[place].instance != id) continue;
    places_[place].is_running = false;
    PlanNext(place, reason);
    return;
  }
}

void WorkerPool::PlanNext(std::size_t place, const std::string& reason) {
  if (is_stopping_) return;
  Place& mine = places_[place];
  if (dependencies_.clock.Now() - mine.started_at >= kHealthyAfter) mine.backoff.Reset();
  const absl::Duration delay = mine.backoff.Next();
  LOG(WARNING, "pool.process.ended")
      .With("pool", spec_.name)
      .With("instance", mine.instance.ToString())
      .With("reason", reason)
      .With("restart_in", absl::FormatDuration(delay))
      .With("output", OutputPath(place));
  dependencies_.run_after(delay, [this, place] { Launch(place); });
}

std::string WorkerPool::OutputPath(std::size_t place) const {
  if (spec_.log_directory.empty()) return "";
  return fmt::format("{}/{}-{}.log", spec_.log_directory, spec_.name, place + 1);
}

}  // namespace orrery::executors
