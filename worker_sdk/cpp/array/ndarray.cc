#include "worker_sdk/cpp/array/ndarray.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery {
namespace {

static_assert(std::endian::native == std::endian::little,
              "element bytes are copied as they lie in memory");
static_assert(std::is_same_v<std::variant_alternative_t<
                                 static_cast<std::size_t>(ElementType::kFloat64), NDArray::Variant>,
                             xt::xarray<double>>);

template <class T>
xt::xarray<T> CopyElements(const ArrayShape& shape, std::string_view elements) {
  using Array = xt::xarray<T>;
  Array array = Array::from_shape(typename Array::shape_type(shape.begin(), shape.end()));
  if constexpr (std::is_same_v<T, bool>) {
    // A C++ bool must be 0 or 1.
    std::ranges::transform(elements, array.data(), [](char byte) { return byte != 0; });
  } else if (!elements.empty()) {
    std::memcpy(array.data(), elements.data(), elements.size());
  }
  return array;
}

// Calls `function` with a value of the C++ type that `type` names.
template <std::size_t kIndex = 0, class Function>
NDArray WithElementType(ElementType type, const Function& function) {
  if constexpr (kIndex + 1 < std::variant_size_v<NDArray::Variant>) {
    if (static_cast<std::size_t>(type) != kIndex) {
      return WithElementType<kIndex + 1>(type, function);
    }
  }
  using Element = typename std::variant_alternative_t<kIndex, NDArray::Variant>::value_type;
  return NDArray(function(Element{}));
}

}  // namespace

absl::StatusOr<std::size_t> ArrayBytes(ElementType type, const ArrayShape& shape) {
  RETURN_IF_ERROR(CheckLimit(kArrayAxes, "the array", shape.size(), "reshape it"));
  // Zeros count as ones in the bound: strides are computed from the other axes all the same.
  std::size_t bound = InfoOf(type).size_bytes;
  std::size_t bytes = bound;
  for (const std::size_t length : shape) {
    const std::size_t factor = std::max<std::size_t>(length, 1);
    if (factor > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max()) / bound) {
      return absl::InvalidArgumentError(fmt::format("{} array of shape {} is too large to address",
                                                    InfoOf(type).name, ShapeToString(shape)));
    }
    bound *= factor;
    bytes *= length;
  }
  return bytes;
}

absl::StatusOr<NDArray> NDArray::FromBytes(ElementType type, const ArrayShape& shape,
                                           std::string_view elements) {
  ASSIGN_OR_RETURN(const std::size_t bytes, ArrayBytes(type, shape));
  if (bytes != elements.size()) {
    return absl::InvalidArgumentError(
        fmt::format("{} array of shape {} needs {} bytes, but {} are there", InfoOf(type).name,
                    ShapeToString(shape), bytes, elements.size()));
  }
  return WithElementType(
      type, [&](auto element) { return CopyElements<decltype(element)>(shape, elements); });
}

ArrayShape NDArray::shape() const {
  return Visit(
      [](const auto& array) { return ArrayShape(array.shape().begin(), array.shape().end()); });
}

std::size_t NDArray::element_count() const {
  return Visit([](const auto& array) { return array.size(); });
}

std::string_view NDArray::ElementBytes() const {
  return Visit([](const auto& array) {
    return std::string_view(reinterpret_cast<const char*>(array.data()),
                            array.size() * sizeof(*array.data()));
  });
}

std::string NDArray::Describe() const {
  return fmt::format("{} array of shape {}", InfoOf(element_type()).name, ShapeToString(shape()));
}

absl::StatusOr<xt::xarray<double>> NDArray::ToFloat64() const {
  return Visit([this](const auto& array) -> absl::StatusOr<xt::xarray<double>> {
    using Element = typename std::decay_t<decltype(array)>::value_type;
    if constexpr (std::is_arithmetic_v<Element>) {
      return xt::xarray<double>(xt::cast<double>(array));
    } else {
      return absl::InvalidArgumentError(fmt::format("{} cannot be read as float64", Describe()));
    }
  });
}

absl::StatusOr<NDArray> NDArray::Reshape(const ArrayShape& shape) const {
  ASSIGN_OR_RETURN(const std::size_t bytes, ArrayBytes(element_type(), shape));
  if (bytes != ElementBytes().size()) {
    return absl::InvalidArgumentError(
        fmt::format("{} cannot be reshaped to {}", Describe(), ShapeToString(shape)));
  }
  NDArray result = *this;
  std::visit([&](auto& array) { array.reshape(shape); }, result.variant_);
  return result;
}

std::string ShapeToString(const ArrayShape& shape) {
  if (shape.size() == 1) return fmt::format("({},)", shape[0]);
  return fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace orrery
