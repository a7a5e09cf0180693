// A number as in Python's operators: an integer of any size, a float or a complex number.
//
// Threading: functions without state.
#pragma once

#include <complex>
#include <optional>
#include <variant>

#include "absl/status/statusor.h"
#include "graph/builtins/integer.h"
#include "graph/datum.h"

namespace orrery::graph::internal {

using Complex = std::complex<double>;
using Number = std::variant<Integer, double, Complex>;

// Returns 0 or 1 for a bool. Returns nullopt if the datum is not a number.
std::optional<Number> AsNumber(const Datum& datum);

// Same as AsNumber, for ints and bools only.
std::optional<Integer> AsInteger(const Datum& datum);

// Errors: kResourceExhausted for an integer of too many digits.
absl::StatusOr<Datum> NumberDatum(const Number& number);

// Errors: kInvalidArgument for a complex number, or an integer beyond the range of doubles.
absl::StatusOr<double> RealOf(const Number& number);

// Errors: kInvalidArgument for an integer beyond the range of doubles.
absl::StatusOr<Complex> ComplexOf(const Number& number);

}  // namespace orrery::graph::internal
