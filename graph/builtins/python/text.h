// Python's str() and repr() of values.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "graph/datum.h"

namespace orrery::graph::internal {

// Returns a str unchanged, any other value as ReprOf.
std::string StrOf(const Datum& datum);

// Returns texts such as "True", "None", "nan", "(1+2j)", "[1, 'a']", "{'a': 1}", "b'\x00'".
std::string ReprOf(const Datum& datum);

// Returns the text in quotes, with escapes for unprintable characters.
std::string ReprOfText(std::string_view text);

}  // namespace orrery::graph::internal
