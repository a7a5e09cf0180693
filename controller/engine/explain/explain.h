// Answers to questions about workflows: why they wait, how far they are, what their loops put out.
//
// Threading: functions without state, on the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "controller/engine/core.h"
#include "controller/engine/explain/explanation.h"
#include "controller/engine/recovery/recovery.h"
#include "controller/engine/reuse/reuses.h"
#include "controller/engine/scheduling/scheduler.h"
#include "controller/engine/waits/waits.h"
#include "graph/location.h"
#include "model/explanation.h"
#include "model/workflow.h"

namespace orrery::engine {

inline constexpr Limit kTaskReports{.name = "task_reports",
                                    .max = 20,
                                    .unit = LimitUnit::kCount,
                                    .of = "progress reports of tasks in one response",
                                    .beyond = "those of later locations are left out"};

// The state that the answers are about.
struct EngineView {
  const Core& core;
  const Scheduler& scheduler;
  const Recovery& recovery;
  const Reuses& reuses;
  const Waits& waits;
};

// Returns the reasons why the workflow does not go on, one a line; empty if it does, or if there is
// no such workflow.
std::vector<std::string> WaitingFor(const EngineView& view, const Uuid& id);

// Why the workflow, or the node at the location, stands where it stands. kNotFound: no such
// workflow.
absl::StatusOr<model::Explanation> Explain(const EngineView& view, const Uuid& id,
                                           const std::optional<graph::Location>& location);

// The reports of the workflow's running tasks, ordered by location; at most kTaskReports.
std::vector<model::TaskReport> Progress(const EngineView& view, const Uuid& id);

// At most `limit` iterations of a named loop from `offset` on; `loop` is its name or, where several
// have it, its location. kNotFound: there is no such workflow, or no trace of such a loop in it.
absl::StatusOr<model::LoopTrace> Trace(const EngineView& view, const Uuid& id,
                                       std::string_view loop, std::uint64_t offset,
                                       std::uint64_t limit);

}  // namespace orrery::engine
