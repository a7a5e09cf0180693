// Reads and writes numpy's .npy format, as numpy.load and numpy.save.
//
// Written: version 1.0, C order, little-endian, byte for byte as numpy.save (1.24). Read: versions
// 1.0 to 3.0, C and Fortran order, both byte orders, bool, int, uint, float and complex elements.
// Refuses structured, text, half and object elements. Checks every field of the file, and allocates
// only after it has checked that the file has enough bytes.
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

std::string WriteNpy(const NDArray& array);

// Errors: kInvalidArgument if `bytes` are not a npy file, or one of an unsupported kind.
absl::StatusOr<NDArray> ReadNpy(std::string_view bytes);

}  // namespace orrery
