// Draws graphs with Graphviz's program `dot`.
//
// Threading: functions without state. Calls block.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace orrery::cli {

// Returns the SVG of a graph in Graphviz's language.
//
// Errors: kUnknown if `dot` is not on the PATH, or if it fails, with its message.
absl::StatusOr<std::string> DrawSvg(std::string_view dot_text);

}  // namespace orrery::cli
