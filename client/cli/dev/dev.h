// Starts orreryd for `orrery dev`, `orrery fsck` and `orrery restore`.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace orrery::cli {

struct DevOptions {
  // Empty: $ORRERY_REGISTRY, or <root>/workers, which is created if it does not exist.
  std::string registry;
  // Empty: $ORRERY_HOME, or ~/.orrery.
  std::string root;
  std::vector<std::string> listen;
  std::optional<unsigned> slots;
  // Empty: the controller's default.
  std::string durability;
  std::string checkpoint_tree;
  std::string retain_for;
  std::string retain_count;
};

// Returns the arguments of orreryd. Requires: `registry` and `root` are not empty.
std::vector<std::string> DevArguments(const DevOptions& options);

// Finds a program in the folder of `own_path`, else in a folder of `search_path`.
//
// Errors: kNotFound.
absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_path,
                                        std::string_view search_path);

// Replaces this process with orreryd, from its own folder or the PATH; returns only on an error.
absl::Status RunController(std::vector<std::string> arguments);

// Runs the controller with `options`, defaults filled in; returns only on an error.
absl::Status RunDev(DevOptions options);

}  // namespace orrery::cli
