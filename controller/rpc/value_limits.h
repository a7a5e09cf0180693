// What every value that comes in must respect.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "graph/value.h"

namespace orrery::rpc {

// kInvalidArgument: `value`, called `what`, is inline and larger than graph::kInlineValueBytesMax.
absl::Status CheckInlineBytes(const graph::Value& value, std::string_view what);

}  // namespace orrery::rpc
