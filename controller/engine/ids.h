// The engine's names for things: small numbers, so that nothing compares strings on the way.
#pragma once

#include <cstdint>

#include "base/strong_id.h"

namespace orrery::engine {

// A workflow by order of submission: 1, 2, 3, ... Never reused, the same after a replay.
using WorkflowNumber = StrongId<struct WorkflowNumberTag>;

// A worker's connection. Numbered by the runtime; means nothing after a restart.
using SessionId = StrongId<struct SessionIdTag>;

// A caller who waits for an answer. Numbered by the runtime; means nothing after a restart.
using RequestId = StrongId<struct RequestIdTag>;

// A task name ("worker.task"): what ready queues and workers are matched by.
using TaskKindId = StrongId<struct TaskKindTag, std::uint32_t>;

}  // namespace orrery::engine
