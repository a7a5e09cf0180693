// Pictures, drawn by Graphviz's program `dot`.
//
// Threading: functions without state. Calls block.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace orrery::cli {

// The SVG of a graph in Graphviz's language. kUnknown: there is no `dot` on the PATH, and what to
// do about it; or `dot` fails, and what it says.
absl::StatusOr<std::string> DrawSvg(std::string_view dot_text);

}  // namespace orrery::cli
