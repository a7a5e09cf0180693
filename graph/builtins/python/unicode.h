// The character properties of Python 3.12 (Unicode 15.0) that the text forms of values need.
//
// Threading: functions without state.
#pragma once

#include <optional>

namespace orrery::graph::internal {

// Returns str.isprintable() of one character. Requires: a code point up to U+10FFFF.
bool IsPrintable(char32_t character);

// Returns the value of a decimal digit of any script.
std::optional<int> DecimalDigit(char32_t character);

// Returns true for the white space that int() skips around digits.
bool IsSpace(char32_t character);

}  // namespace orrery::graph::internal
