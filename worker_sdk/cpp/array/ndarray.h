// NDArray: an n-dimensional array whose element type is known at run time, as in numpy.
//
// Its graph type is the opaque "numpy.ndarray". It has an xtensor array of one of numpy's numeric
// types, always in C order. Visit calls a function with the typed array; ToFloat64 converts.
//
//   NDArray Transpose(const NDArray& a) {
//     return a.Visit([](const auto& array) { return NDArray::Of(xt::transpose(array)); });
//   }
//
// Invariant: at most kArrayAxes axes, and the size in bytes fits an int64.
//
// Threading: thread-compatible; a value type.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limit.h"
#include "graph/native/native_kind.h"
#include "graph/type.h"
#include "worker_sdk/cpp/array/element_type.h"
#include "xtensor/xarray.hpp"

namespace orrery {

using ArrayShape = std::vector<std::size_t>;

// The same limit as numpy's.
inline constexpr Limit kArrayAxes{.name = "array_axes",
                                  .max = 32,
                                  .unit = LimitUnit::kDepth,
                                  .of = "axes of an array",
                                  .beyond = "it is refused"};

class NDArray {
 public:
  // One alternative for each ElementType, in the same order.
  using Variant =
      std::variant<xt::xarray<bool>, xt::xarray<std::int8_t>, xt::xarray<std::int16_t>,
                   xt::xarray<std::int32_t>, xt::xarray<std::int64_t>, xt::xarray<std::uint8_t>,
                   xt::xarray<std::uint16_t>, xt::xarray<std::uint32_t>, xt::xarray<std::uint64_t>,
                   xt::xarray<float>, xt::xarray<double>, xt::xarray<std::complex<float>>,
                   xt::xarray<std::complex<double>>>;

  // Makes a float64 array of shape (0,).
  NDArray() : variant_(xt::xarray<double>::from_shape({0})) {}
  template <class T>
  NDArray(xt::xarray<T> array) : variant_(std::move(array)) {}

  // Evaluates an xtensor expression.
  template <class Expression>
  static NDArray Of(const Expression& expression) {
    return NDArray(xt::xarray<typename std::decay_t<Expression>::value_type>(expression));
  }

  // Copies elements in C order, little-endian. Checks the arguments before it allocates.
  //
  // Errors: kInvalidArgument if there are too many axes, or the length of `elements` does not match
  // the shape.
  static absl::StatusOr<NDArray> FromBytes(ElementType type, const ArrayShape& shape,
                                           std::string_view elements);

  const Variant& variant() const { return variant_; }
  ElementType element_type() const { return static_cast<ElementType>(variant_.index()); }
  ArrayShape shape() const;
  std::size_t element_count() const;
  // Returns the elements in C order, little-endian; valid until the array is changed or destroyed.
  std::string_view ElementBytes() const;
  // Returns a text such as "float64 array of shape (5, 10)".
  std::string Describe() const;

  // Calls `visitor` with the xt::xarray<T>.
  template <class Visitor>
  decltype(auto) Visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), variant_);
  }

  // Returns null if the elements have another type.
  template <class T>
  const xt::xarray<T>* As() const {
    return std::get_if<xt::xarray<T>>(&variant_);
  }

  // Errors: kInvalidArgument if the elements are complex.
  absl::StatusOr<xt::xarray<double>> ToFloat64() const;

  // Returns the same elements in C order with another shape.
  //
  // Errors: kInvalidArgument if the shape has another number of elements.
  absl::StatusOr<NDArray> Reshape(const ArrayShape& shape) const;

  // True if element type, shape and bits are equal.
  friend bool operator==(const NDArray& left, const NDArray& right) {
    return left.element_type() == right.element_type() && left.shape() == right.shape() &&
           left.ElementBytes() == right.ElementBytes();
  }

 private:
  Variant variant_;
};

// Returns a text such as "(5, 10)", "(50,)" or "()".
std::string ShapeToString(const ArrayShape& shape);

// Returns the size of an array of this shape, in bytes.
//
// Errors: kInvalidArgument if there are more axes than kArrayAxes, or the size does not fit
// int64.
absl::StatusOr<std::size_t> ArrayBytes(ElementType type, const ArrayShape& shape);

}  // namespace orrery

template <>
struct orrery::graph::NativeTraits<orrery::NDArray> {
  static constexpr std::string_view kOpaqueName = "numpy.ndarray";
  static Type type() { return OpaqueType(std::string(kOpaqueName)); }
};
