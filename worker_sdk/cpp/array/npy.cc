#include "worker_sdk/cpp/array/npy.h"

#include <algorithm>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/array/npy_header.h"
#include "xtensor/xmanipulation.hpp"

namespace orrery {
namespace {

// A complex number is two components, each in its own byte order.
std::string SwapBytes(std::string_view elements, ElementType type) {
  const ElementTypeInfo& info = InfoOf(type);
  const std::size_t component_bytes = info.kind == 'c' ? info.size_bytes / 2 : info.size_bytes;
  std::string swapped(elements);
  for (std::size_t i = 0; i < swapped.size(); i += component_bytes) {
    std::reverse(swapped.begin() + static_cast<std::ptrdiff_t>(i),
                 swapped.begin() + static_cast<std::ptrdiff_t>(i + component_bytes));
  }
  return swapped;
}

}  // namespace

std::string WriteNpy(const NDArray& array) {
  const std::string_view elements = array.ElementBytes();
  std::string bytes = FormatNpyHeader(array.element_type(), array.shape());
  bytes.reserve(bytes.size() + elements.size());
  bytes.append(elements);
  return bytes;
}

absl::StatusOr<NDArray> ReadNpy(std::string_view bytes) {
  ASSIGN_OR_RETURN(NpyHeader header, ParseNpyHeader(bytes));
  const std::string_view elements = bytes.substr(header.data_offset);
  ASSIGN_OR_RETURN(const std::size_t expected, ArrayBytes(header.element_type, header.shape));
  if (elements.size() != expected) {
    return absl::InvalidArgumentError(fmt::format(
        "not a readable npy array: {} of shape {} takes {} bytes, but {} follow its header",
        InfoOf(header.element_type).name, ShapeToString(header.shape), expected, elements.size()));
  }
  // Fortran order of a shape is C order of the reversed shape.
  if (header.is_fortran_order) std::ranges::reverse(header.shape);
  const std::string swapped =
      header.is_big_endian ? SwapBytes(elements, header.element_type) : std::string();
  ASSIGN_OR_RETURN(NDArray array, NDArray::FromBytes(header.element_type, header.shape,
                                                     header.is_big_endian ? swapped : elements));
  if (!header.is_fortran_order) return array;
  return array.Visit([](const auto& stored) { return NDArray::Of(xt::transpose(stored)); });
}

}  // namespace orrery
