// numpy's .npy format: what numpy.save writes and numpy.load reads.
//
// Written: version 1.0, C order, little-endian, byte for byte as numpy.save (1.24). Read: versions
// 1.0 to 3.0, C and Fortran order, both byte orders, bool, int, uint, float and complex elements.
// Structured, text, half and object elements are refused. The file is input: nothing in it is
// believed, and nothing is allocated before the bytes that fill it are known to be there.
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

// kInvalidArgument: not a npy file, or one of a kind that is not read here.
absl::StatusOr<NDArray> ReadNpy(std::string_view bytes);

}  // namespace orrery
