// The header of a .npy file: a magic number, a version and the text of a Python dictionary.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

struct NpyHeader {
  ElementType element_type = ElementType::kFloat64;
  bool is_big_endian = false;
  bool is_fortran_order = false;
  ArrayShape shape;
  // Where the elements begin.
  std::size_t data_offset = 0;
};

// kInvalidArgument: it is not one, with the reason.
absl::StatusOr<NpyHeader> ParseNpyHeader(std::string_view bytes);

// Everything before the elements, for version 1.0 in C order, padded as numpy pads.
std::string FormatNpyHeader(ElementType type, const ArrayShape& shape);

}  // namespace orrery
