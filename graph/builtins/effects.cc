#include "graph/builtins/effects.h"

#include <cmath>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "base/little_endian.h"
#include "base/status_macros.h"
#include "graph/builtins/call.h"
#include "graph/builtins/number.h"
#include "graph/builtins/python/error.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

absl::StatusOr<std::int64_t> BoundAt(const internal::Call& call, internal::Port port) {
  ASSIGN_OR_RETURN(const Datum* datum, call.Any(port));
  if (const auto* number = datum->As<std::int64_t>()) return *number;
  if (const auto* number = datum->As<bool>()) return *number ? 1 : 0;
  if (!datum->Is<BigInteger>()) return call.Mismatch(port, *datum, "an int");
  return absl::InvalidArgumentError(
      fmt::format("rand_int: argument {} has {} digits, random ints are from -2**63 to 2**63 - 1",
                  port.name, datum->As<BigInteger>()->digits.size()));
}

}  // namespace

absl::StatusOr<RandomRange> RandomRangeOf(std::span<const Datum* const> arguments) {
  const internal::Call call("rand_int", arguments);
  ASSIGN_OR_RETURN(const std::int64_t lo, BoundAt(call, {0, "a"}));
  ASSIGN_OR_RETURN(const std::int64_t hi, BoundAt(call, {1, "b"}));
  if (lo <= hi) return RandomRange{lo, hi};
  return internal::PythonError("ValueError",
                               fmt::format("rand_int: no int is from a = {} to b = {}", lo, hi));
}

std::int64_t DrawNumber(const Digest& seed, const RandomRange& range) {
  const std::uint64_t last =
      static_cast<std::uint64_t>(range.hi) - static_cast<std::uint64_t>(range.lo);
  const auto from_low = [&](std::uint64_t distance) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(range.lo) + distance);
  };
  for (std::string bytes = seed.ToBytes();; bytes = Sha256(bytes).ToBytes()) {
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(sizeof(std::uint64_t))) {
      const auto word = ReadLittleEndian<std::uint64_t>(rest);
      if (last == UINT64_MAX) return from_low(word);
      // Numbers from the incomplete last round would be too frequent: the next word is taken.
      const std::uint64_t count = last + 1;
      if (word < UINT64_MAX - UINT64_MAX % count) return from_low(word % count);
    }
  }
}

absl::StatusOr<absl::Duration> SleepDurationOf(std::span<const Datum* const> arguments) {
  constexpr internal::Port kDelay{0, "delay_seconds"};
  const internal::Call call("tkr_sleep", arguments);
  ASSIGN_OR_RETURN(const internal::Number number, call.NumberAt(kDelay));
  if (std::holds_alternative<internal::Complex>(number)) {
    return call.Mismatch(kDelay, *call.Find(0), "an int or a float");
  }
  ASSIGN_OR_RETURN(const double seconds, internal::RealOf(number));
  if (std::isnan(seconds)) {
    return internal::PythonError("ValueError", "tkr_sleep: delay_seconds is NaN");
  }
  if (seconds < 0) {
    return internal::PythonError(
        "ValueError",
        fmt::format("tkr_sleep: delay_seconds is {}, it must not be negative", seconds));
  }
  if (seconds > absl::ToDoubleSeconds(kSleepTime.duration())) {
    return absl::InvalidArgumentError(fmt::format(
        "tkr_sleep: delay_seconds is {}, at most {} are accepted; is it in seconds? (limit {})",
        seconds, absl::ToInt64Seconds(kSleepTime.duration()), kSleepTime.name));
  }
  return absl::Seconds(seconds);
}

}  // namespace orrery::graph
