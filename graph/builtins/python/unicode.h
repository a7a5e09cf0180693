// What Python 3.12 knows about characters (Unicode 15.0), as far as its texts of values need it.
//
// Threading: functions without state.
#pragma once

#include <optional>

namespace orrery::graph::internal {

// str.isprintable() of one character. Requires a code point up to U+10FFFF.
bool IsPrintable(char32_t character);

// The value of a decimal digit of any script.
std::optional<int> DecimalDigit(char32_t character);

// What int() skips around digits.
bool IsSpace(char32_t character);

}  // namespace orrery::graph::internal
