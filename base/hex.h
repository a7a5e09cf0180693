// The two texts of ids and digests: their raw bytes, and lower-case hexadecimal digits.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace orrery {

std::string HexEncode(std::span<const std::uint8_t> bytes);

// Fills `bytes` from exactly twice as many digits, of either case. False, with `bytes` unspecified,
// if there are more, fewer or other characters.
bool HexDecode(std::string_view text, std::span<std::uint8_t> bytes);

// Fills `bytes` from as many bytes of `text`. kInvalidArgument, naming `field` and both sizes, if
// there are more or fewer.
absl::Status CopyBytes(std::string_view text, std::string_view field,
                       std::span<std::uint8_t> bytes);

}  // namespace orrery
