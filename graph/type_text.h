// Types as people write them, read back.
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

// Reads what Type::ToString writes. A name that is no type of the language is a type variable if
// `variables` has it, else an opaque type. kInvalidArgument: another form, quoting where it ends to
// be one, or deeper than kTypeTextDepthMax.
absl::StatusOr<Type> ParseType(std::string_view text, std::span<const std::string> variables = {});

}  // namespace orrery::graph
