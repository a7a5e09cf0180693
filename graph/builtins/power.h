// Python's a ** b.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"

namespace orrery::graph::internal {

// Of integers an integer, if b is not negative; of a negative number to a broken power a complex
// number. kInvalidArgument: zero to a negative power, or a result beyond all doubles;
// kResourceExhausted: an integer of more than integer_digits_max digits.
absl::StatusOr<Number> Power(const Number& a, const Number& b);

}  // namespace orrery::graph::internal
