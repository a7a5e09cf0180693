// The controller as `orrery dev`, and the commands that leave their work to it, start it.
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
  // Empty: $ORRERY_REGISTRY, or <root>/workers, made if it is missing.
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

// The words of the command line after the program; `registry` and `root` are settled.
std::vector<std::string> DevArguments(const DevOptions& options);

// A program beside `own_path`, or in a folder of `search_path`. kNotFound: neither.
absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_path,
                                        std::string_view search_path);

// Replaces this process by orreryd, found beside it or on the PATH; returns only on an error.
absl::Status RunController(std::vector<std::string> arguments);

// The same, with the arguments for a whole system; returns only on an error.
absl::Status RunDev(DevOptions options);

}  // namespace orrery::cli
