// The controller's YAML configuration, up to the options made of it.
#include "absl/status/statusor.h"
#include "base/check.h"
#include "controller/options.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {

void TestOneInput(std::string_view bytes) {
  const absl::StatusOr<OptionSource> file = ParseConfiguration(bytes, "orreryd.yaml");
  if (!file.ok()) {
    CHECK(absl::IsInvalidArgument(file.status()));
    return;
  }
  const absl::StatusOr<Options> options = MakeOptions({}, *file, {.root = "/var/lib/orrery"});
  if (!options.ok()) return;
  CHECK(options->slots >= 1 && options->slots <= kSlotsMax);
  CHECK(options->reconnect_grace >= absl::ZeroDuration());
}

}  // namespace orrery::fuzz
