// The pools of the settings: the processes to keep running, and how to learn what they will offer
// before the first of them has connected.
//
// Threading: functions without state.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"
#include "executors/capture.h"
#include "executors/worker_pool.h"
#include "graph/task.h"

namespace orrery::daemon {

// Those of the configuration, and of the registry those that the configuration does not name;
// their workers connect to `server`. kNotFound, kPermissionDenied: the registry cannot be read.
absl::StatusOr<std::vector<executors::PoolSpec>> MakePools(const Settings& settings,
                                                           const std::string& server);

// Returns the command that makes the pool's program print its catalog instead of serving.
executors::CaptureSpec CatalogProgram(const executors::PoolSpec& pool);

// Reads the catalog in the output of that command: its last JSON object, as programs print banners.
//
// Errors: the error in `printed`; kInvalidArgument if the output has no catalog.
absl::StatusOr<std::shared_ptr<const graph::Catalog>> ReadCatalog(
    const absl::StatusOr<std::string>& printed);

}  // namespace orrery::daemon
