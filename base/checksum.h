// CRC-32C (Castagnoli), the checksum of the stored formats.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery {

// Crc32c("123456789") is 0xe3069283.
std::uint32_t Crc32c(std::string_view bytes);

// Returns the checksum of the bytes with checksum `crc`, followed by `bytes`. The checksum of no
// bytes is 0.
std::uint32_t ExtendCrc32c(std::uint32_t crc, std::string_view bytes);

}  // namespace orrery
