// The builtins: a call is a name and a list of arguments, "iadd [1, 2]".
#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/check.h"
#include "graph/builtins/builtin.h"
#include "graph/builtins/effects.h"
#include "graph/json.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {
namespace {

using graph::Datum;

// A result can be stored, so it can be read again.
void CheckOutput(const Datum& output) {
  const std::string text = graph::WriteJson(output);
  const absl::StatusOr<Datum> again = graph::ParseJson(text);
  CHECK(again.ok());
  CHECK(graph::WriteJson(*again) == text);
}

void CheckCall(const graph::Builtin& builtin, std::span<const Datum* const> arguments) {
  const graph::BuiltinResult result = builtin.call(arguments);
  if (!result.ok()) {
    CHECK(absl::IsInvalidArgument(result.status()) || absl::IsResourceExhausted(result.status()));
    CHECK(!result.status().message().empty());
    return;
  }
  CHECK(result->size() == builtin.spec.outputs.size());
  for (const Datum& output : *result) CheckOutput(output);
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  const std::size_t name_end = std::min(bytes.find(' '), bytes.size());
  const graph::Builtin* builtin = graph::FindBuiltin(bytes.substr(0, name_end));
  if (builtin == nullptr) return;
  const absl::StatusOr<Datum> datum = graph::ParseJson(bytes.substr(name_end));
  const auto* list = datum.ok() ? datum->As<graph::List>() : nullptr;
  if (list == nullptr) return;

  // Arguments beyond the end of the list are absent.
  std::vector<const Datum*> arguments(builtin->spec.inputs.size());
  for (std::size_t i = 0; i < std::min(arguments.size(), list->size()); ++i) {
    arguments[i] = &(*list)[i];
  }
  switch (builtin->kind) {
    case graph::BuiltinKind::kFunction:
      return CheckCall(*builtin, arguments);
    case graph::BuiltinKind::kRandomInteger:
      if (const auto range = graph::RandomRangeOf(arguments); range.ok()) {
        CHECK(range->lo <= range->hi);
      }
      return;
    case graph::BuiltinKind::kSleep:
      if (const auto duration = graph::SleepDurationOf(arguments); duration.ok()) {
        CHECK(*duration >= absl::ZeroDuration() && *duration <= graph::kSleepTime.duration());
      }
      return;
    default:
      return;
  }
}

}  // namespace orrery::fuzz
