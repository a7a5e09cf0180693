// The controller's YAML configuration, up to the options made of it.
#include "controller/daemon/configuration.h"

#include <vector>

#include "absl/status/statusor.h"
#include "base/check.h"
#include "controller/daemon/settings.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {

void TestOneInput(std::string_view bytes) {
  const absl::StatusOr<daemon::Configuration> file =
      daemon::ParseConfiguration(bytes, "orreryd.yaml");
  if (!file.ok()) {
    CHECK(absl::IsInvalidArgument(file.status()));
    return;
  }
  std::vector<daemon::SettingValue> values = file->settings;
  values.insert(values.begin(),
                {{.key = "root", .texts = {"/var/lib/orrery"}}, {.key = "slots", .texts = {"4"}}});
  const absl::StatusOr<daemon::Settings> settings = daemon::MakeSettings(values, file->pools);
  if (!settings.ok()) return;
  CHECK(settings->slots >= 1 && settings->slots <= model::kWorkerSlots.max);
  CHECK(settings->reconnect_grace >= absl::ZeroDuration());
}

}  // namespace orrery::fuzz
