#include "examples/scipy_worker/tasks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/overload.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/task_failure.h"
#include "xtensor/xarray.hpp"
#include "xtensor/xbuilder.hpp"
#include "xtensor/xmanipulation.hpp"

namespace scipy_worker {
namespace {

using orrery::ArrayShape;
using orrery::TaskFailure;

// 2 GiB of float64.
constexpr std::int64_t kElementsMax = std::int64_t{1} << 28;

std::vector<std::int64_t> AxesOf(const Shape& shape) {
  return std::visit(
      orrery::Overload{[](std::int64_t length) { return std::vector<std::int64_t>{length}; },
                       [](const std::vector<std::int64_t>& lengths) { return lengths; }},
      shape);
}

// Replaces the -1 in `axes` so that the array has `count` elements.
ArrayShape Resolve(const std::vector<std::int64_t>& axes, std::size_t count) {
  ArrayShape shape;
  std::size_t known = 1;
  for (const std::int64_t length : axes) {
    if (length < -1) throw TaskFailure(fmt::format("an axis cannot have length {}", length));
    shape.push_back(length < 0 ? 1 : static_cast<std::size_t>(length));
    if (__builtin_mul_overflow(known, shape.back(), &known)) {
      throw TaskFailure(fmt::format("shape ({}) is too large", fmt::join(axes, ", ")));
    }
  }
  const auto unknown = std::ranges::count(axes, -1);
  if (unknown > 1) throw TaskFailure("only one axis can have length -1");
  if (unknown == 0) return shape;
  if (known == 0 || count % known != 0) {
    throw TaskFailure(
        fmt::format("{} elements do not fit shape ({})", count, fmt::join(axes, ", ")));
  }
  shape[static_cast<std::size_t>(std::ranges::find(axes, -1) - axes.begin())] = count / known;
  return shape;
}

}  // namespace

// Follows numpy's order of operations. Each operation is a separate pass, so that the compiler
// cannot fuse two of them into one with a single rounding.
NDArray Linspace(double start, double stop, std::int64_t num) {
  if (num < 0 || num > kElementsMax) {
    throw TaskFailure(fmt::format("num is {}, and must be 0 to {}", num, kElementsMax));
  }
  const double delta = stop - start;
  const auto intervals = static_cast<double>(num - 1);
  const double step = num > 1 ? delta / intervals : 0;
  xt::xarray<double> points = xt::arange<double>(static_cast<double>(num));
  if (num > 1 && step == 0) {
    // The step underflows, or both ends are equal.
    points /= intervals;
    points *= delta;
  } else {
    points *= num > 1 ? step : delta;
  }
  points += start;
  if (num > 1) points.data()[num - 1] = stop;
  return points;
}

PointedArray AddPoint(NDArray a, std::int64_t p) { return {.a = std::move(a), .p = p}; }

double EvalPoint(const PointedArray& pa) {
  const auto count = static_cast<std::int64_t>(pa.a.element_count());
  const std::int64_t index = pa.p < 0 ? pa.p + count : pa.p;
  if (index < 0 || index >= count) {
    throw TaskFailure(
        fmt::format("index {} is outside of a {} with {} elements", pa.p, pa.a.Describe(), count));
  }
  const absl::StatusOr<xt::xarray<double>> numbers = pa.a.ToFloat64();
  if (!numbers.ok()) throw TaskFailure(std::string(numbers.status().message()));
  return numbers->data()[index];
}

NDArray Reshape(const NDArray& a, const Shape& shape) {
  absl::StatusOr<NDArray> reshaped = a.Reshape(Resolve(AxesOf(shape), a.element_count()));
  if (!reshaped.ok()) throw TaskFailure(std::string(reshaped.status().message()));
  return *std::move(reshaped);
}

NDArray Transpose(const NDArray& a) {
  return a.Visit([](const auto& array) { return NDArray::Of(xt::transpose(array)); });
}

}  // namespace scipy_worker
