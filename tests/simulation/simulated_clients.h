// The clients of a simulated world: they submit jobs, cancel, pause and rerun them, and check the
// responses and the results.
//
// A client whose controller dies, or does not answer, repeats its request.
//
// Threading: confined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "controller/runtime/checkpoint_sink.h"
#include "graph/location.h"
#include "model/workflow.h"
#include "tests/simulation/evaluation.h"
#include "tests/simulation/simulated_controller.h"
#include "tests/simulation/simulation_run.h"
#include "tests/simulation/workload.h"

namespace orrery::simulation {

class SimulatedClients : public runtime::CheckpointSink {
 public:
  // Draws the jobs. `run` and `controller` outlive the clients.
  SimulatedClients(SimulationRun& run, SimulatedController& controller);

  SimulatedClients(const SimulatedClients&) = delete;
  SimulatedClients& operator=(const SimulatedClients&) = delete;

  // Schedules the submissions, and the requests to cancel or pause them.
  void Start();
  void Show(runtime::CheckpointEvent event, std::uint64_t lsn) override;
  // Submits again the workflows that the crash may lose, and checks that it lost no others.
  void OnControllerCrash(const ControllerCrash& crash);
  // Cancels or resumes the workflows that the controller holds.
  void OnControllerStarted();

  const Job& DrawJob();
  bool IsEverythingSettled() const;
  // Counts the executions, and checks that none was repeated without a reason. Call at the end.
  void CheckExecutions();

 private:
  struct Submission {
    Job job;
    bool is_answered = false;
    bool is_refused = false;  // The controller died of it before it was recorded.
    bool is_cancelled = false;
    std::optional<model::WorkflowStatus> settled;
    bool is_deleted = false;
    int reruns_left = 2;
    bool is_rerunning = false;      // Requested, without a response so far.
    std::uint64_t vanished_in = 0;  // The last epoch in which it was lost, unacknowledged.
    std::uint64_t rerun_after = 0;  // The number of its last run when the rerun was asked for.
    // The correct outputs, or nullopt if it must fail; absent until needed.
    std::optional<std::optional<Values>> expected;
  };

  // Returns null if no client submitted the workflow.
  Submission* Find(const Uuid& workflow);
  void SubmitSoon(std::size_t index, absl::Duration delay);
  void OnSubmissionAnswered(std::size_t index, const absl::Status& status);
  void CancelSoon(std::size_t index);
  void PauseSoon(std::size_t index);
  void UnpauseSoon(std::size_t index, absl::Duration delay);
  // Reruns all of it if it has not succeeded, or a node and its dependents.
  void RerunSoon(std::size_t index);
  void ReleaseHeldSoon(std::size_t index);
  bool IsHeld(std::size_t index) const;
  void Rerun(std::size_t index, const std::optional<graph::Location>& from);
  void OnRerunAnswered(std::size_t index, const absl::StatusOr<runtime::Submitted>& answer);

  // Checks a success that a client was told of.
  void CheckAnswered(const Submission& submission);
  void CheckSettled(const engine::WorkflowSettled& event);
  void CheckResult(Submission& submission, const engine::WorkflowSettled& event);

  SimulationRun& run_;
  SimulatedController& controller_;
  std::vector<Submission> submissions_;
};

}  // namespace orrery::simulation
