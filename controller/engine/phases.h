// The phases of the engine whose state changes with records. core.h has what they share.
//
// Threading: confined to the engine's thread.
#pragma once

#include "controller/engine/recovery/recovery.h"
#include "controller/engine/reuse/reuses.h"
#include "controller/engine/scheduling/scheduler.h"
#include "controller/engine/waits/waits.h"

namespace orrery::engine {

// All outlive the objects that use them.
struct Phases {
  Scheduler& scheduler;
  Recovery& recovery;
  Reuses& reuses;
  Waits& waits;
};

}  // namespace orrery::engine
