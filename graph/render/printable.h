// Names and values in a form that is safe to show: on one line, with a maximum length.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::graph {

// Longer names make a drawing or a line hard to read.
inline constexpr std::size_t kShownCharactersMax = 72;

// Replaces control characters, invalid UTF-8 and characters that no document may contain by '?'. A
// text longer than `characters_max` ends in "...".
std::string Printable(std::string_view text, std::size_t characters_max = kShownCharactersMax);

}  // namespace orrery::graph
