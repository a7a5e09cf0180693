// Arrays as nested lists, what numpy's tolist and array make of each other.
//
// A list keeps the numbers but not their exact type: reading gives bool if all elements are bools,
// else complex128, float64 or int64, the first that some element asks for. As with numpy, an axis
// of length 0 hides the axes below it.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "worker_sdk/cpp/array/ndarray.h"

namespace orrery {

// A number for an array without axes, else lists as deep as the array has axes. kInvalidArgument:
// the array is too large for JSON.
absl::StatusOr<graph::Datum> ToNestedLists(const NDArray& array);

// kInvalidArgument: lists of different lengths beside each other, deeper than kArrayRankMax,
// something else than a number or a bool, or an int that int64 cannot hold.
absl::StatusOr<NDArray> FromNestedLists(const graph::Datum& datum);

}  // namespace orrery
