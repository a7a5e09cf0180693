// Reads the records of an earlier workflow from the journal.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "absl/status/statusor.h"
#include "controller/engine/ids.h"
#include "controller/engine/reuse/history.h"
#include "controller/engine/reuse/rerun_plan.h"
#include "controller/journal/journal.h"
#include "model/rerun_plan.h"

namespace orrery::runtime {

class HistorySource {
 public:
  using LoadDone = std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)>;
  using PlanDone = std::function<void(absl::StatusOr<model::RerunPlan>)>;

  virtual ~HistorySource() = default;

  // Reads on another thread and posts `done` to the loop, exactly once, never before returning.
  virtual void Load(engine::WorkflowNumber number, LoadDone done) = 0;

  // Finds the outcomes that a submission can reuse from `history`, in the same way.
  virtual void Plan(engine::WorkflowSubmitted submission,
                    std::shared_ptr<const engine::History> history, PlanDone done) = 0;
};

using Histories = std::map<engine::WorkflowNumber, std::shared_ptr<const engine::History>>;

// Returns the records of each workflow in the journal so far, in one scan; for implementations of
// Load.
//
// Errors: those of Journal::Scan.
absl::StatusOr<Histories> ReadHistories(const journal::Journal& journal,
                                        const std::set<engine::WorkflowNumber>& numbers);

// Same as ReadHistories for one workflow.
absl::StatusOr<std::shared_ptr<const engine::History>> ReadHistory(const journal::Journal& journal,
                                                                   engine::WorkflowNumber number);

}  // namespace orrery::runtime
