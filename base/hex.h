// Lower-case hexadecimal text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace orrery {

std::string HexEncode(std::span<const std::uint8_t> bytes);

// Fills `bytes` from exactly twice as many digits, of either case. False, with `bytes` unspecified,
// if there are more, fewer or other characters.
bool HexDecode(std::string_view text, std::span<std::uint8_t> bytes);

}  // namespace orrery
