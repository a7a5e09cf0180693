// A number as Python's operators see it: an integer of any size, a float or a complex number.
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

// A bool counts as 0 or 1; nothing if the datum is no number.
std::optional<Number> AsNumber(const Datum& datum);

// The same for ints and bools alone.
std::optional<Integer> AsInteger(const Datum& datum);

// kResourceExhausted: an integer of too many digits.
absl::StatusOr<Datum> NumberDatum(const Number& number);

// kInvalidArgument: a complex number, or an integer beyond all doubles.
absl::StatusOr<double> RealOf(const Number& number);

// kInvalidArgument: an integer beyond all doubles.
absl::StatusOr<Complex> ComplexOf(const Number& number);

}  // namespace orrery::graph::internal
