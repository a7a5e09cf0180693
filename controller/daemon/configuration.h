// Parses the configuration file of orreryd, YAML.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"

namespace orrery::daemon {

// Reads the text of a configuration file. kInvalidArgument names `path` and the line: an unknown or
// repeated key, or a value of the wrong kind.
absl::StatusOr<SettingSource> ParseConfiguration(std::string_view text, std::string_view path);

}  // namespace orrery::daemon
