#include "client/cpp/unknown_outcome.h"

#include <string>

#include "absl/strings/cord.h"
#include "base/check.h"
#include "fmt/format.h"

namespace orrery::client {
namespace {

constexpr const char* kMark = "orrery/outcome-unknown";

}  // namespace

absl::Status OutcomeUnknown(const absl::Status& status, std::string_view what,
                            std::string_view look) {
  CHECK(!status.ok());
  absl::Status marked(status.code(),
                      fmt::format("{}: {}\n{}", what, std::string(status.message()), look));
  marked.SetPayload(kMark, absl::Cord());
  return marked;
}

bool IsOutcomeUnknown(const absl::Status& status) { return status.GetPayload(kMark).has_value(); }

}  // namespace orrery::client
