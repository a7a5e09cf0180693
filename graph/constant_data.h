// Constants in GraphData JSON.
//
// A constant that is JSON or plain bytes is written as its JSON. Any other constant (another media
// type, or a blob) is wrapped, so that no information is lost:
//
//   {"__orrery_value__": {"media_type": "application/x-npy", "type_name": "numpy.ndarray",
//                         "bytes": {"__tkr_bytes__": true, "bytes": "..."}}}
//
// or with "digest" (hexadecimal) and "size_bytes" for a blob.
//
// Threading: functions without state.
#pragma once

#include "absl/status/statusor.h"
#include "graph/datum.h"
#include "graph/value.h"

namespace orrery::graph {

// Returns true if `datum` has the form of a graph: an object with a list of typed nodes.
bool IsGraphData(const Datum& datum);

Datum ConstantToDatum(const Value& value);

// A graph gets the type name "graph".
//
// Errors: kInvalidArgument if a wrapper does not have the form above.
absl::StatusOr<Value> ConstantFromDatum(const Datum& datum);

}  // namespace orrery::graph
