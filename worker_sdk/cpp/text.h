// Makes valid text from any bytes, such as those that tasks throw and log.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

// Returns at most `bytes_max` bytes of valid UTF-8: replaces each invalid byte with U+FFFD, and
// cuts longer text between two characters and appends "...". Requires: bytes_max > 3.
std::string CutToUtf8(std::string_view text, std::size_t bytes_max);

// Returns true for a letter or '_', followed by letters, digits and '_'.
bool IsIdentifier(std::string_view text);

}  // namespace orrery
