// How the controller gets what the journal has of an earlier workflow.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "controller/engine/ids.h"
#include "controller/engine/reuse/history.h"
#include "controller/engine/reuse/rerun_plan.h"
#include "controller/journal/journal.h"

namespace orrery::runtime {

class HistorySource {
 public:
  virtual ~HistorySource() = default;

  // Reads on another thread and posts `done` to the loop, exactly once, never before returning.
  virtual void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) = 0;

  // Finds out, likewise, what a submission that reuses `history` takes over.
  virtual void Plan(engine::WorkflowSubmitted submission,
                    std::shared_ptr<const engine::History> history,
                    std::function<void(absl::StatusOr<engine::RerunPlan>)> done) = 0;
};

// What the journal has of the workflow by now; for those who implement Load. Errors as of
// Journal::Scan.
absl::StatusOr<std::shared_ptr<const engine::History>> ReadHistory(const journal::Journal& journal,
                                                                   engine::WorkflowNumber number);

}  // namespace orrery::runtime
