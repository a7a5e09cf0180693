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
  // Offset of the elements, in bytes.
  std::size_t data_offset = 0;
};

// Errors: kInvalidArgument with the reason if the bytes are not a header.
absl::StatusOr<NpyHeader> ParseNpyHeader(std::string_view bytes);

// Returns all bytes before the elements, for version 1.0 in C order, with numpy's padding.
std::string FormatNpyHeader(ElementType type, const ArrayShape& shape);

}  // namespace orrery
