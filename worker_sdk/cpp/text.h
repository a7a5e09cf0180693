// Text from outside, made fit for a message: what tasks throw and log may be any bytes.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

// At most `bytes_max` bytes of valid UTF-8: each wrong byte becomes U+FFFD, and what is too long is
// cut between characters and ends in "...". Requires bytes_max > 3.
std::string CutToUtf8(std::string_view text, std::size_t bytes_max);

// A letter or '_', then letters, digits and '_'.
bool IsIdentifier(std::string_view text);

}  // namespace orrery
