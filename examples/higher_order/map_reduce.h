// Maps and reduces a list: the sum of squares.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "examples/higher_order/example.h"

namespace higher_order {

struct MapReduceOptions {
  // Sums the squares of 1 to `count`.
  std::int64_t count = 10;
};

absl::StatusOr<Example> MapReduceExample(const MapReduceOptions& options);

}  // namespace higher_order
