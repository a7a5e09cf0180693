// Converts arrays to and from nested lists, as numpy's tolist and array.
//
// A list does not have the exact type of its numbers: reading gives bool if all elements are bools,
// else the first of complex128, float64 and int64 that an element needs. As with numpy, the axes
// below an axis of length 0 are lost.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

// Returns a number for an array without axes, else lists nested as deep as the array has axes.
//
// Errors: kInvalidArgument if the array is too large for JSON.
absl::StatusOr<graph::Datum> ToNestedLists(const NDArray& array);

// Errors: kInvalidArgument if lists on one level have different lengths, are nested deeper than
// kArrayAxes, or have an element that is not a number or a bool, or does not fit int64.
absl::StatusOr<NDArray> FromNestedLists(const graph::Datum& datum);

}  // namespace orrery
