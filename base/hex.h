// Conversions of ids and digests between raw bytes and hexadecimal digits.
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

// Fills `bytes` from exactly twice as many digits, of either case. Returns false, and leaves
// `bytes` unspecified, for any other text.
bool HexDecode(std::string_view text, std::span<std::uint8_t> bytes);

// Fills `bytes` from exactly as many bytes of `text`.
//
// Errors: kInvalidArgument, with `field` and both sizes, if the sizes differ.
absl::Status CopyBytes(std::string_view text, std::string_view field,
                       std::span<std::uint8_t> bytes);

}  // namespace orrery
