// Python's arithmetic on numbers of any kind.
//
// If one operand is complex, the other is converted to complex; otherwise if one is a float, the
// other is converted to float.
//
// Errors: kInvalidArgument with the name of Python's exception; kResourceExhausted for an integer
// of more than kLimits.integer_digits.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/builtins/number.h"

namespace orrery::graph::internal {

absl::StatusOr<Number> Add(const Number& a, const Number& b);
absl::StatusOr<Number> Subtract(const Number& a, const Number& b);
absl::StatusOr<Number> Multiply(const Number& a, const Number& b);
// Returns, for two integers, the float nearest to the quotient.
absl::StatusOr<Number> Divide(const Number& a, const Number& b);
// Rounds towards minus infinity. Not for complex numbers.
absl::StatusOr<Number> FloorDivide(const Number& a, const Number& b);
absl::StatusOr<Number> Modulo(const Number& a, const Number& b);

absl::StatusOr<Number> Absolute(const Number& number);
// Rounds to an integer; halves to the even integer.
absl::StatusOr<Number> Round(const Number& number);
absl::StatusOr<Number> Conjugate(const Number& number);

// Multiply and divide as Python does, which differs from C++ for infinities.
Complex ComplexProduct(const Complex& a, const Complex& b);
absl::StatusOr<Complex> ComplexQuotient(const Complex& a, const Complex& b);

}  // namespace orrery::graph::internal
