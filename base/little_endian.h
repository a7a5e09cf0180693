// Unsigned integers in little-endian byte order, as in the stored formats.
//
// Threading: functions without state.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

template <std::unsigned_integral T>
void AppendLittleEndian(T number, std::string& bytes) {
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes += static_cast<char>(number >> (8 * i));
}

// Reads the first sizeof(T) bytes. Requires at least that many.
template <std::unsigned_integral T>
T ReadLittleEndian(std::string_view bytes) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    number |= static_cast<T>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  }
  return number;
}

}  // namespace orrery
