// Draws pictures with Graphviz's program `dot`.
//
// Threading: functions without state. Calls block.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace orrery::cli {

// Returns the SVG of a graph in Graphviz's language. kUnknown: there is no `dot` on the PATH, or
// `dot` fails; the message says what to do, or what `dot` wrote.
absl::StatusOr<std::string> DrawSvg(std::string_view dot_text);

}  // namespace orrery::cli
