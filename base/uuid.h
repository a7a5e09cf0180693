// The id of a workflow: 128 bits in the canonical text form, or a small integer as people type it.
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

  // "207" or "00000000-0000-0000-0000-0000000000cf"; hexadecimal digits of either case.
  // kInvalidArgument: anything else.
  static absl::StatusOr<Uuid> Parse(std::string_view text);
  // The integer in the last eight bytes, big-endian: 207 is 00000000-0000-0000-0000-0000000000cf.
  static Uuid FromInteger(std::uint64_t integer);
  // Version 4.
  static Uuid FromRandom(Random& random);

  // The 16 bytes themselves, as messages hold them; kInvalidArgument names `field`.
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
