// The tasks of the example worker: plain functions on arrays.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "boost/describe/class.hpp"
#include "worker_sdk/cpp/array/ndarray.h"

namespace scipy_worker {

using orrery::NDArray;

// An array and one of its places.
struct PointedArray {
  NDArray a;
  std::int64_t p = 0;
};
BOOST_DESCRIBE_STRUCT(PointedArray, (), (a, p))

// One axis of that length, or all of them; -1, at most once, is what is left.
using Shape = std::variant<std::int64_t, std::vector<std::int64_t>>;

// The same numbers, to the last bit, as numpy.linspace.
NDArray Linspace(double start, double stop, std::int64_t num);

PointedArray AddPoint(NDArray a, std::int64_t p);

// The element at flat index p, which may count from the end.
double EvalPoint(const PointedArray& pa);

NDArray Reshape(const NDArray& a, const Shape& shape);

NDArray Transpose(const NDArray& a);

}  // namespace scipy_worker
