// Repeats a step until a condition holds, with a limit: the Collatz sequence down to 1.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "examples/higher_order/example.h"

namespace higher_order {

struct RepeatUntilOptions {
  std::int64_t start = 27;
  std::int64_t tries_max = 200;
};

absl::StatusOr<Example> RepeatUntilExample(const RepeatUntilOptions& options);

}  // namespace higher_order
