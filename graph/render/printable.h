// Names and values made safe to show: on one line, no longer than there is room for.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::graph {

// Control characters, bytes that are no UTF-8 and characters that no document may hold become '?'.
// What is longer than `characters_max` ends in "...".
std::string Printable(std::string_view text, std::size_t characters_max);

}  // namespace orrery::graph
