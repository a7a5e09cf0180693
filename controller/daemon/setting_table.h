// The settings of orreryd, each defined once. The flags, --help, the keys of the configuration file
// and the table in docs/settings.md are generated from here. A new setting is a row, a field of
// Settings, and the code that reads the field.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "controller/daemon/settings.h"

namespace orrery::daemon {

enum class SettingShape : std::uint8_t {
  kText,
  kTexts,   // A flag that can be repeated; in the file, one text or a list.
  kSwitch,  // "on" or "off"; in the file, any boolean of YAML.
};

// The values that a setting accepts, and where they are stored.
struct SettingType {
  SettingShape shape = SettingShape::kText;
  std::string placeholder;  // Of the value in --help: "DIR". Empty: the flag alone says "on".
  std::string values;       // In docs and error messages: "a whole number, 1 to 4096".
  // Checks the texts and stores their value. kInvalidArgument does not name the setting.
  // Requires: exactly one text, unless the shape is kTexts.
  std::function<absl::Status(Settings&, const std::vector<std::string>&)> store;
};

struct Setting {
  std::string key;  // In the configuration file.
  SettingType type;
  // One of the two. A note describes a default that Settings or main has: "never".
  std::string default_value;
  std::string default_note;
  std::string effect;  // One line, without the default.

  std::string flag() const;  // "--retain-for" for the key "retain_for".
  const std::string& default_text() const {
    return default_value.empty() ? default_note : default_value;
  }
};

// In the order of --help.
const std::vector<Setting>& SettingTable();

// Requires: the table has `key`.
const Setting& FindSetting(std::string_view key);

}  // namespace orrery::daemon
