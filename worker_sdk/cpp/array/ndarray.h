// NDArray: an n-dimensional array whose element type is known when it runs, as numpy's are.
//
// The opaque graph type "numpy.ndarray". It holds an xtensor array of one of numpy's numeric types,
// always in C order; Visit hands the typed array to a function, ToFloat64 converts.
//
//   NDArray Transpose(const NDArray& a) {
//     return a.Visit([](const auto& array) { return NDArray::Of(xt::transpose(array)); });
//   }
//
// Invariant: at most kArrayRankMax axes, and the size in bytes fits an int64.
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
#include "graph/native/native_kind.h"
#include "graph/type.h"
#include "worker_sdk/cpp/array/element_type.h"
#include "xtensor/xarray.hpp"

namespace orrery {

using ArrayShape = std::vector<std::size_t>;

// numpy's own limit.
inline constexpr std::size_t kArrayRankMax = 32;

class NDArray {
 public:
  // One alternative per ElementType, in its order.
  using Variant =
      std::variant<xt::xarray<bool>, xt::xarray<std::int8_t>, xt::xarray<std::int16_t>,
                   xt::xarray<std::int32_t>, xt::xarray<std::int64_t>, xt::xarray<std::uint8_t>,
                   xt::xarray<std::uint16_t>, xt::xarray<std::uint32_t>, xt::xarray<std::uint64_t>,
                   xt::xarray<float>, xt::xarray<double>, xt::xarray<std::complex<float>>,
                   xt::xarray<std::complex<double>>>;

  // float64 of shape (0,).
  NDArray() : variant_(xt::xarray<double>::from_shape({0})) {}
  template <class T>
  NDArray(xt::xarray<T> array) : variant_(std::move(array)) {}

  // Evaluates an xtensor expression.
  template <class Expression>
  static NDArray Of(const Expression& expression) {
    return NDArray(xt::xarray<typename std::decay_t<Expression>::value_type>(expression));
  }

  // Copies elements in C order, little-endian. kInvalidArgument: too many axes, or `elements` is
  // not as long as the shape says; nothing is allocated before that is checked.
  static absl::StatusOr<NDArray> FromBytes(ElementType type, const ArrayShape& shape,
                                           std::string_view elements);

  const Variant& variant() const { return variant_; }
  ElementType element_type() const { return static_cast<ElementType>(variant_.index()); }
  ArrayShape shape() const;
  std::size_t element_count() const;
  // The elements in C order, little-endian; valid while the array is neither changed nor gone.
  std::string_view ElementBytes() const;
  // "float64 array of shape (5, 10)"
  std::string Describe() const;

  // Calls `visitor` with the xt::xarray<T> it holds.
  template <class Visitor>
  decltype(auto) Visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), variant_);
  }

  // Null if the elements are of another type.
  template <class T>
  const xt::xarray<T>* As() const {
    return std::get_if<xt::xarray<T>>(&variant_);
  }

  // kInvalidArgument: the elements are complex.
  absl::StatusOr<xt::xarray<double>> ToFloat64() const;

  // The same elements in C order under another shape. kInvalidArgument: as many do not fit it.
  absl::StatusOr<NDArray> Reshape(const ArrayShape& shape) const;

  // Same element type, shape and bits.
  friend bool operator==(const NDArray& left, const NDArray& right) {
    return left.element_type() == right.element_type() && left.shape() == right.shape() &&
           left.ElementBytes() == right.ElementBytes();
  }

 private:
  Variant variant_;
};

// "(5, 10)", "(50,)", "()".
std::string ShapeToString(const ArrayShape& shape);

// How many bytes an array of this shape takes. kInvalidArgument: more axes than kArrayRankMax, or
// more bytes than an int64 counts.
absl::StatusOr<std::size_t> ArrayBytes(ElementType type, const ArrayShape& shape);

}  // namespace orrery

template <>
struct orrery::graph::NativeTraits<orrery::NDArray> {
  static constexpr std::string_view kOpaqueName = "numpy.ndarray";
  static Type type() { return OpaqueType(std::string(kOpaqueName)); }
};
