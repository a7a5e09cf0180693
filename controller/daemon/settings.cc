#include "controller/daemon/settings.h"

#include <utility>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "controller/daemon/setting_table.h"
#include "fmt/format.h"

namespace orrery::daemon {
namespace {

absl::Status ErrorAt(const SettingValue& value, std::string_view problem) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", value.origin, problem));
}

// Requires: `value` is the one that `listen` comes from.
absl::Status CheckOnlyLocal(const std::vector<rpc::Address>& listen, const SettingValue& value) {
  for (const rpc::Address& address : listen) {
    if (address.is_local()) continue;
    return ErrorAt(
        value, fmt::format("other machines can reach {}, and the controller has no authentication: "
                           "listen on a loopback address or unix socket, or add "
                           "--insecure-allow-remote",
                           address.ToString()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> MakeSettings(const std::vector<SettingValue>& values,
                                      std::vector<PoolSettings> pools) {
  Settings settings;
  for (const Setting& setting : SettingTable()) {
    if (setting.default_value.empty()) continue;
    CHECK(setting.type.store(settings, {setting.default_value}).ok());
  }
  const SettingValue* listen = nullptr;
  for (const SettingValue& value : values) {
    const absl::Status stored = FindSetting(value.key).type.store(settings, value.texts);
    if (!stored.ok()) return ErrorAt(value, std::string(stored.message()));
    if (value.key == "listen") listen = &value;
  }
  if (listen != nullptr && !settings.insecure_allow_remote) {
    RETURN_IF_ERROR(CheckOnlyLocal(settings.listen, *listen));
  }
  if (settings.root.empty()) {
    return absl::InvalidArgumentError("no root: set HOME or ORRERY_HOME, or add --root DIR");
  }
  settings.pools = std::move(pools);
  return settings;
}

}  // namespace orrery::daemon
