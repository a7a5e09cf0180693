// Folds a list: Horner's scheme for a polynomial.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/higher_order/example.h"

namespace higher_order {

struct FoldOptions {
  std::int64_t x = 3;
  // From the highest power to the lowest.
  std::vector<std::int64_t> coefficients = {2, -6, 2, -1};
};

absl::StatusOr<Example> FoldExample(const FoldOptions& options);

}  // namespace higher_order
