// The tasks of the example worker: plain functions on arrays.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "worker_sdk/cpp/array/ndarray.h"

namespace scipy_worker {

using orrery::NDArray;

// An array and a position in it.
struct PointedArray {
  NDArray a;
  std::int64_t p = 0;
};
BOOST_DESCRIBE_STRUCT(PointedArray, (), (a, p))

// The length of one axis, or of all axes. One length may be -1: it is computed from the others.
using Shape = std::variant<std::int64_t, std::vector<std::int64_t>>;

// Returns the same numbers as numpy.linspace, to the last bit.
NDArray Linspace(double start, double stop, std::int64_t num);

PointedArray AddPoint(NDArray a, std::int64_t p);

// Returns the element at flat index p; a negative p counts from the end.
double EvalPoint(const PointedArray& pa);

NDArray Reshape(const NDArray& a, const Shape& shape);

NDArray Transpose(const NDArray& a);

}  // namespace scipy_worker
