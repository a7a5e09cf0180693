// The worker programs of a registry folder.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"

namespace orrery::daemon {

// Returns a pool for each executable file <directory>/<name> or <directory>/<name>/main, ordered by
// name. Ignores other files, and names that begin with a dot.
//
// Errors: kNotFound or kPermissionDenied if the folder cannot be read.
absl::StatusOr<std::vector<PoolSettings>> FindWorkers(const std::string& directory);

}  // namespace orrery::daemon
