// Sums, products and means of lists of numbers, with Python's results.
//
// Threading: functions without state.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"
#include "graph/datum.h"

namespace orrery::graph::internal {

// Require: a list of numbers. Errors: kInvalidArgument and kResourceExhausted, as in arithmetic.h.

// Adds from the left. After the first float, collects the rounding errors and adds them at the end.
absl::StatusOr<Number> SumOf(const List& numbers);

absl::StatusOr<Number> ProductOf(const List& numbers);

// Returns the exact mean, rounded once; an int if the numbers are ints and the mean is an int.
// Requires: at least one number, and no complex numbers.
absl::StatusOr<Number> MeanOf(const List& numbers);

}  // namespace orrery::graph::internal
