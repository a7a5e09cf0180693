// Requests of people and programs: submit a workflow, cancel, pause, rerun or delete it.
//
// Threading: confined to the engine's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/engine/core.h"
#include "controller/engine/input.h"
#include "controller/engine/reuse/reuses.h"
#include "controller/engine/scheduling/scheduler.h"
#include "graph/checker.h"
#include "model/submission.h"

namespace orrery::engine {

class ClientRequests {
 public:
  // All outlive this.
  ClientRequests(Core& core, Scheduler& scheduler, Reuses& reuses)
      : core_(core), scheduler_(scheduler), reuses_(reuses) {}
  ClientRequests(const ClientRequests&) = delete;
  ClientRequests& operator=(const ClientRequests&) = delete;

  void OnSubmit(const SubmitWorkflow& input);
  void OnCancel(const CancelWorkflow& input);
  void OnPause(const PauseWorkflow& input);
  void OnRerun(const RerunWorkflow& input);
  void OnHistoryLoaded(const HistoryLoaded& input);
  void OnDelete(const DeleteWorkflows& input);

  // The submission that runs the source of `input` again, given its history.
  // Errors: kNotFound, kFailedPrecondition, kAlreadyExists, kInvalidArgument: why there can be
  // none.
  absl::StatusOr<WorkflowSubmitted> PrepareRerun(const RerunWorkflow& input,
                                                 const History& history) const;

  // A phase of a step: deletes finished workflows that are kept no longer.
  void DeleteExpired();

 private:
  // The problems of a graph and its inputs, and the tasks that it was checked against.
  struct CheckedGraph {
    std::vector<graph::Problem> problems;
    std::vector<CheckedTask> tasks;
  };

  CheckedGraph CheckGraph(const model::Submission& submission, bool allow_unknown_tasks) const;
  // Returns what is wrong with the failure rules.
  std::vector<graph::Problem> ProblemsOfRules(const graph::FailureRules& rules,
                                              bool allow_unknown_tasks) const;
  // Why no task can have the policy that a submission gives it; empty if one can.
  std::string ProblemOfRule(const std::string& task, const graph::FailurePolicy& policy,
                            bool may_come) const;
  absl::Status CancelNodes(const Workflow& workflow, const graph::Location& location,
                           std::string_view reason);
  // Errors: kFailedPrecondition if the controller died too often before it had recorded it.
  absl::Status CheckNotRefused(const Uuid& id) const;
  absl::Status StartRerun(const RerunWorkflow& input, std::shared_ptr<const History> history);

  Core& core_;
  Scheduler& scheduler_;
  Reuses& reuses_;
};

}  // namespace orrery::engine
