// Plans a rerun: runs it in an engine of its own that has no workers.
//
// Threading: a function without state.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "controller/engine/engine.h"
#include "controller/engine/record.h"
#include "controller/engine/reuse/history.h"
#include "controller/engine/settings.h"
#include "graph/location.h"
#include "model/rerun_plan.h"

namespace orrery::engine {

// Of a submission that reuses `history`, as Engine::PrepareRerun gives it. Takes as long as it
// takes to follow all outcomes that are reused. kResourceExhausted: there are still some after
// kPlanSteps of an engine; a workflow of builtins may have none.
absl::StatusOr<model::RerunPlan> PlanRerun(WorkflowSubmitted submission,
                                           const std::shared_ptr<const History>& history,
                                           const Settings& settings, const ValueReader& read);

inline constexpr Limit kPlanSteps{.name = "plan_steps",
                                  .max = 3000,
                                  .unit = LimitUnit::kCount,
                                  .of = "steps of the engine that plans a rerun",
                                  .beyond = "there is no plan; the rerun itself is possible"};

}  // namespace orrery::engine
