// CRC-32C (Castagnoli), the checksum of our stored formats.
#pragma once

#include <cstdint>
#include <string_view>

namespace orrery {

// Crc32c("123456789") is 0xe3069283.
std::uint32_t Crc32c(std::string_view bytes);

// The checksum of the bytes that `crc` is of, followed by `bytes`; 0 is the checksum of none.
std::uint32_t ExtendCrc32c(std::uint32_t crc, std::string_view bytes);

}  // namespace orrery
