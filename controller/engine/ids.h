// The engine's names for things: small numbers, so that nothing compares strings on the way.
#pragma once

#include <compare>
#include <cstdint>
#include <utility>

#include "base/strong_id.h"

namespace orrery::engine {

// A workflow by order of submission: 1, 2, 3, ... Never reused, the same after a replay.
using WorkflowNumber = StrongId<struct WorkflowNumberTag>;

// A worker's connection. Numbered by the runtime; means nothing after a restart.
using SessionId = StrongId<struct SessionIdTag>;

// A caller who waits for an answer. Numbered by the runtime; means nothing after a restart.
using RequestId = StrongId<struct RequestIdTag>;

// A random number that was asked for; means nothing after a restart.
using DrawId = StrongId<struct DrawIdTag>;

// A task name ("worker.task"): what ready queues and workers are matched by.
using TaskKindId = StrongId<struct TaskKindTag, std::uint32_t>;

// One execution of a function node, and its fencing token: the epoch grows with every start of a
// controller, and numbers go on from a random one, so no two attempts ever share an id.
struct AttemptId {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const AttemptId& id) {
    return H::combine(std::move(h), id.epoch, id.number);
  }
};

}  // namespace orrery::engine
