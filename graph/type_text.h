// Parses the text form of types.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/type.h"

namespace orrery::graph {

// Parses the output of Type::ToString. An unknown name is a type variable if `variables` contains
// it, else an opaque type.
//
// Errors: kInvalidArgument, quoting the place of the error, if the text has another form or is
// deeper than kLimits.type_depth.
absl::StatusOr<Type> ParseType(std::string_view text, std::span<const std::string> variables = {});

}  // namespace orrery::graph
