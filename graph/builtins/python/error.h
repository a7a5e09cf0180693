// The errors that Python raises, as statuses.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include <fmt/format.h>

namespace orrery::graph::internal {

// Returns kInvalidArgument with the name of the exception: "ZeroDivisionError: division by zero".
inline absl::Status PythonError(std::string_view exception, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", exception, what));
}

}  // namespace orrery::graph::internal
