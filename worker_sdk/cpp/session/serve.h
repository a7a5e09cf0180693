// A worker process from its start to its end: session, slots, signals.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "graph/task.h"
#include "worker_sdk/cpp/task_registry.h"

namespace orrery {

inline constexpr int kExitLeft = 0;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitRefused = 6;

struct ServeOptions {
  // The controller, in gRPC's form.
  std::string address;
  // $ORRERY_HOME or ~/.orrery: a storage root that may be the controller's.
  std::string root;
  std::uint32_t slots = 1;
  std::map<std::string, std::string> labels;
};

// Serves until the worker leaves or the controller refuses it for good; the exit code. Ends the
// process itself if tasks still run that ignored their cancellation, or at a second signal.
//
// From the environment, as an executor sets it: ORRERY_INSTANCE_ID, the uuid of this process;
// ORRERY_DIES_WITH_CONTROLLER=1, the kernel kills it when its parent dies; ORRERY_PARENT_PID, that
// parent, in case it died before.
int Serve(const ServeOptions& options, graph::Catalog catalog, const TaskRegistry& registry);

}  // namespace orrery
