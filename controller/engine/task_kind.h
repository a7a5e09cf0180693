// A task name ("worker.task") as a small number: what ready queues and workers are matched by.
#pragma once

#include <cstdint>

#include "base/strong_id.h"

namespace orrery::engine {

using TaskKindId = StrongId<struct TaskKindTag, std::uint32_t>;

}  // namespace orrery::engine
