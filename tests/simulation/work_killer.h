// Kills the controller while it works for a workflow, as a crash in a builtin would, and predicts
// which workflows the next process holds or refuses for that.
//
// The file of the work mark is the real one, in a folder of its own. Some workflows are poison: the
// controller dies at the same step of them in every process, live or in the replay, until the
// faults end. A death may also hit an innocent workflow. Deaths between two events blame nobody.
//
// Threading: confined.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/uuid.h"
#include "controller/engine/engine.h"
#include "controller/engine/work_mark.h"
#include "controller/runtime/work_mark_file.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/witness.h"

namespace orrery::simulation {

// Thrown through the engine, whose state is then as lost as that of a process that has died.
struct DeathAtWork {
  engine::WorkflowNumber number;
};

class WorkKiller {
 public:
  // `run` outlives the killer.
  explicit WorkKiller(SimulationRun& run) : run_(run) {}

  WorkKiller(const WorkKiller&) = delete;
  WorkKiller& operator=(const WorkKiller&) = delete;

  // Opens the file for the next process.
  engine::Poison Open();
  // Called when the process has replayed the journal.
  void OnReplayed(const engine::Engine& engine);
  // The power has failed: the file may be lost, or not.
  void OnPowerCut();

  // The workflows that the process must hold, and those that it must refuse.
  const runtime::WorkMarkFile::Held& held() const { return held_; }
  const std::set<Uuid>& refused() const { return refused_; }
  // Checks that the engine holds no others.
  void CheckHeld(const engine::Engine& engine);
  // Checks that the engine names all of them that the witness, which has read all, has not seen
  // end.
  void CheckNamed(const engine::Engine& engine, const Witness& witness);

 private:
  // The mark for the engine of one process.
  class Mark : public engine::WorkMark {
   public:
    explicit Mark(WorkKiller& killer) : killer_(killer) {}

   private:
    void Begin(engine::WorkflowNumber number, const Uuid& id) override;
    void End() override { killer_.file_->Leave(); }

    WorkKiller& killer_;
    // Pieces of work for each workflow.
    std::map<Uuid, int> steps_;
  };

  // An entry that the file must have.
  struct Blame {
    engine::WorkflowNumber number{0};
    std::uint64_t deaths = 0;
  };

  SimulationRun& run_;
  std::optional<TempDirectory> directory_;  // Made by the first Open.
  std::unique_ptr<runtime::WorkMarkFile> file_;
  std::optional<Mark> mark_;
  std::map<Uuid, Blame> blamed_;
  runtime::WorkMarkFile::Held held_;
  std::set<Uuid> refused_;
};

}  // namespace orrery::simulation
