// Reads the records of an earlier workflow from the journal.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "controller/engine/ids.h"
#include "controller/engine/reuse/history.h"
#include "controller/engine/reuse/rerun_plan.h"
#include "controller/journal/journal.h"
#include "model/rerun_plan.h"

namespace orrery::runtime {

class HistorySource {
 public:
  virtual ~HistorySource() = default;

  // Reads on another thread and posts `done` to the loop, exactly once, never before returning.
  virtual void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) = 0;

  // Finds the outcomes that a submission can reuse from `history`, in the same way.
  virtual void Plan(engine::WorkflowSubmitted submission,
                    std::shared_ptr<const engine::History> history,
                    std::function<void(absl::StatusOr<model::RerunPlan>)> done) = 0;
};

// Returns the workflow's records in the journal so far, for implementations of Load.
//
// Errors: those of Journal::Scan.
absl::StatusOr<std::shared_ptr<const engine::History>> ReadHistory(const journal::Journal& journal,
                                                                   engine::WorkflowNumber number);

}  // namespace orrery::runtime
