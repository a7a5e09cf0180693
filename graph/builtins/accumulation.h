// Sums, products and means of lists of numbers, as Python makes them.
//
// Threading: functions without state.
#pragma once

#include <cstddef>

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"
#include "graph/datum.h"

namespace orrery::graph::internal {

// The three require lists of numbers; kInvalidArgument and kResourceExhausted as in arithmetic.h.

// From the left. Once a float is met, what floats lose is summed apart and added at the end.
absl::StatusOr<Number> SumOf(const List& numbers);

absl::StatusOr<Number> ProductOf(const List& numbers);

// Rounded once, from the exact sum: an int if the numbers are ints and the mean is one. Not of
// complex numbers, and of one number at least.
absl::StatusOr<Number> MeanOf(const List& numbers);

}  // namespace orrery::graph::internal
