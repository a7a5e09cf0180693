// A workflow id: 128 bits in the canonical text form, or a small integer that users can type.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "base/random.h"

namespace orrery {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // Parses "207" or "00000000-0000-0000-0000-0000000000cf", with hexadecimal digits of either case.
  //
  // Errors: kInvalidArgument if `text` has another form.
  static absl::StatusOr<Uuid> Parse(std::string_view text);
  // Stores the integer in the last eight bytes, big-endian: 207 is
  // 00000000-0000-0000-0000-0000000000cf.
  static Uuid FromInteger(std::uint64_t integer);
  // Returns a UUID of version 4.
  static Uuid FromRandom(Random& random);

  // Reads the 16 bytes of a message field.
  //
  // Errors: kInvalidArgument, naming `field`, if the size differs.
  static absl::StatusOr<Uuid> FromBytes(std::string_view text, std::string_view field);

  std::string ToString() const;
  std::string ToBytes() const { return {bytes.begin(), bytes.end()}; }

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

  template <class H>
  friend H AbslHashValue(H state, const Uuid& uuid) {
    return H::combine(std::move(state), uuid.bytes);
  }
};

}  // namespace orrery
