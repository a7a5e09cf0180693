// How Python writes values for people: str() and repr().
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "graph/datum.h"

namespace orrery::graph::internal {

// A str as it is, everything else as ReprOf.
std::string StrOf(const Datum& datum);

// "True", "None", "nan", "(1+2j)", "[1, 'a']", "{'a': 1}", "b'\x00'".
std::string ReprOf(const Datum& datum);

// The text in quotes, with escapes for what is not printable.
std::string ReprOfText(std::string_view text);

}  // namespace orrery::graph::internal
