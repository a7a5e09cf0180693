// Parses the configuration file of orreryd, YAML.
//
// Threading: functions without state.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/daemon/settings.h"

namespace orrery::daemon {

struct Configuration {
  std::vector<SettingValue> settings;  // MakeSettings checks them.
  std::vector<PoolSettings> pools;     // Checked: each has a name of its own and a command.
};

// Reads the text of a configuration file: the keys of the setting table, and `pools`. The values'
// origins name `path` and the line, and so do errors.
//
// Errors: kInvalidArgument: an unknown or repeated key, a map or list in place of text, a wrong
// pool.
absl::StatusOr<Configuration> ParseConfiguration(std::string_view text, std::string_view path);

}  // namespace orrery::daemon
