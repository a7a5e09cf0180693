// The worker programs of a registry folder.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"

namespace orrery::daemon {

// A pool for each executable file <directory>/<name> or <directory>/<name>/main, by name. What is
// neither, or begins with a dot, is left out. kNotFound, kPermissionDenied: the folder cannot be
// read.
absl::StatusOr<std::vector<PoolSettings>> FindWorkers(const std::string& directory);

}  // namespace orrery::daemon
