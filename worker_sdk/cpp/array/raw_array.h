// The raw array format: a small self-describing header, then the elements.
//
//   offset  bytes
//   0       1       version of the format, 1
//   1       1       kind of the elements as numpy names it: 'b', 'i', 'u', 'f' or 'c'
//   2       1       size of one element in bytes: 1, 2, 4, 8 or 16
//   3       1       number of axes r, at most 32
//   4       4       zero
//   8       8 r     length of each axis, unsigned, little-endian
//   8+8r    rest    the elements in C order, little-endian, and nothing after them
//
// Media type application/x-orrery-raw-array. The elements start at a multiple of 8, so a mapped
// file can be used in place.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

std::string WriteRawArray(const NDArray& array);

// Errors: kInvalidArgument if the bytes have another form.
absl::StatusOr<NDArray> ReadRawArray(std::string_view bytes);

}  // namespace orrery
