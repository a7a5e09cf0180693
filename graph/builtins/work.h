// The work of a builtin: the nanoseconds that it takes on a slow machine, told from sizes alone.
//
// The engine calls builtins itself, so other workflows wait meanwhile; it has no clock, and a
// replay has to decide as the recorded run did. So work is computed, and a call that would take too
// long is refused before it begins.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "base/limit.h"
#include "graph/datum.h"

namespace orrery::graph {

inline constexpr Limit kBuiltinWork{
    .name = "builtin_work",
    .max = 100,
    .unit = LimitUnit::kMilliseconds,
    .of =
        "time for one builtin, or for reading one graph that an eval, loop or map runs, computed "
        "from the sizes of its inputs",
    .beyond = "the node fails before it begins; a task of a worker has no such limit"};

constexpr bool IsPermitted(std::uint64_t work) { return work <= kBuiltinWork.max * 1'000'000; }
// Returns an error that names `what` if `work` is more than kBuiltinWork.
absl::Status CheckWork(std::string_view what, std::uint64_t work);

// To decode, or to encode and digest, a value of `bytes` bytes.
constexpr std::uint64_t DecodeWork(std::uint64_t bytes) { return bytes * 12; }
constexpr std::uint64_t EncodeWork(std::uint64_t bytes) { return bytes * 7; }
// To copy and scan `bytes` bytes in `count` elements that are not decoded.
constexpr std::uint64_t ScanWork(std::uint64_t count, std::uint64_t bytes) {
  return count * 40 + bytes * 4;
}
// To parse, check and compile a graph.
constexpr std::uint64_t GraphWork(std::uint64_t bytes) { return bytes * 35; }

// To compute with, and to write, one integer of `digits` decimal digits: both are quadratic.
constexpr std::uint64_t IntegerWork(std::uint64_t digits) { return digits * digits / 60; }
// To read the integers beyond int64 in `datum`, or in the list that it is, and to write the result.
std::uint64_t NumbersWork(const Datum& datum);

}  // namespace orrery::graph
