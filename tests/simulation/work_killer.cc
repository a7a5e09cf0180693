#include "tests/simulation/work_killer.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/digest.h"
#include "fmt/format.h"

namespace orrery::simulation {
namespace {

// The step of the workflow at which the controller dies; 0 if the workflow is not poison.
int DeadlyStep(const Uuid& workflow) {
  constexpr std::uint8_t kShare = 128;  // Of 256.
  constexpr int kStepsMax = 50;
  const Digest digest = Sha256("poison " + workflow.ToString());
  return digest.bytes[0] < kShare ? 1 + digest.bytes[1] % kStepsMax : 0;
}

}  // namespace

engine::Poison WorkKiller::Open() {
  if (!directory_.has_value()) directory_ = TempDirectory::Create("/dev/shm").value();
  file_.reset();
  file_ = runtime::WorkMarkFile::Open(directory_->path()).value();
  mark_.emplace(*this);
  held_.clear();
  refused_.clear();
  for (const auto& [id, blame] : blamed_) {
    if (blame.deaths >= runtime::kPoisonDeaths.max) held_.emplace(id, blame.number);
  }
  if (file_->held() != held_) run_.Violated("the work mark holds other workflows than it must");
  return {.held = file_->held(), .mark = &*mark_};
}

void WorkKiller::OnReplayed(const engine::Engine& engine) {
  const auto find = [&](const Uuid& id) { return engine.FindNumber(id); };
  file_->RemoveStale(find);
  std::erase_if(blamed_, [&](const auto& entry) {
    const auto number = find(entry.first);
    return number.has_value() && *number > entry.second.number;
  });
  for (const auto& [id, number] : held_) {
    const auto found = find(id);
    if (!found.has_value() || *found < number) refused_.insert(id);
  }
  std::erase_if(held_, [&](const auto& entry) { return find(entry.first) != entry.second; });
}

void WorkKiller::OnPowerCut() {
  if (!run_.dice.Chance(50) || !directory_.has_value()) return;
  file_.reset();
  std::filesystem::remove(directory_->path() + "/working");
  blamed_.clear();
}

void WorkKiller::Mark::Begin(engine::WorkflowNumber number, const Uuid& id) {
  SimulationRun& run = killer_.run_;
  killer_.file_->Enter(number, id);
  const int step = ++steps_[id];
  if (run.schedule.Now() > run.faults_until) return;
  const int deadly = DeadlyStep(id);
  const bool strikes = deadly > 0 ? step == deadly : run.dice.Below(3000) == 0;
  if (!strikes) return;
  Blame& blame = killer_.blamed_[id];
  blame.number = number;
  ++blame.deaths;
  throw DeathAtWork{number};
}

void WorkKiller::CheckHeld(const engine::Engine& engine) {
  for (const Uuid& id : engine.HeldWorkflows()) {
    if (held_.contains(id)) continue;
    run_.Violated(fmt::format("workflow {} is held, and nothing died of it", id.ToString()));
  }
}

void WorkKiller::CheckNamed(const engine::Engine& engine, const Witness& witness) {
  const std::vector<Uuid> named = engine.HeldWorkflows();
  run_.report.workflows_held += static_cast<int>(named.size());
  for (const auto& [id, number] : held_) {
    if (witness.StatusOf(id).has_value() || std::ranges::count(named, id) > 0) continue;
    run_.Violated(fmt::format("workflow {} has killed the controller too often, and is not held",
                              id.ToString()));
  }
}

}  // namespace orrery::simulation
