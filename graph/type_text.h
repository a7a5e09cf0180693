// Parses the text form of types.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/type.h"

namespace orrery::graph {

inline constexpr std::size_t kTypeTextDepthMax = 64;

// Parses the output of Type::ToString. An unknown name is a type variable if `variables` contains
// it, else an opaque type.
//
// Errors: kInvalidArgument, quoting the place of the error, if the text has another form or is
// deeper than kTypeTextDepthMax.
absl::StatusOr<Type> ParseType(std::string_view text, std::span<const std::string> variables = {});

}  // namespace orrery::graph
