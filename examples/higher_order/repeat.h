// Repeats a step a given number of times: compound interest.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "examples/higher_order/example.h"

namespace higher_order {

struct RepeatOptions {
  double capital = 1000;
  // The capital grows by this factor in a year.
  double factor = 1.05;
  std::int64_t years = 10;
};

absl::StatusOr<Example> RepeatExample(const RepeatOptions& options);

}  // namespace higher_order
