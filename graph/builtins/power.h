// Python's a ** b.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"

namespace orrery::graph::internal {

// Returns an integer for integers with b >= 0, and a complex number for a negative base with a
// fractional exponent.
//
// Errors: kInvalidArgument for zero to a negative power, or a result beyond the range of doubles;
// kResourceExhausted for an integer of more than kLimits.integer_digits.
absl::StatusOr<Number> Power(const Number& a, const Number& b);

}  // namespace orrery::graph::internal
