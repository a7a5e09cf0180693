// Checks the limits of received values.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "graph/value.h"

namespace orrery::rpc {

// Errors: kInvalidArgument if `value` is inline and larger than graph::kInlineValueBytesMax. `what`
// names it in the message.
absl::Status CheckInlineBytes(const graph::Value& value, std::string_view what);

}  // namespace orrery::rpc
