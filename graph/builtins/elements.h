// Converts between a list and the elements of a map without decoding them, for fold_values and
// unfold_values.
//
// Inside a list, bytes are {"__tkr_bytes__": true, "bytes": "<base64>"}, which does not include
// their format. The name of their type is kept: elements of a "list[numpy.ndarray]" become bytes
// without a format, which only the deserializer of their type reads. Elements without a type name
// become octet-streams.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/value.h"

namespace orrery::graph {

// Returns one inline value for each element, with the same text as in the list.
//
// Errors: kInvalidArgument if `list` is not a list, not JSON or not inline; kResourceExhausted
// beyond a limit of graph/limits.h.
absl::StatusOr<std::vector<Value>> UnfoldList(const Value& list);

// Returns the list of the elements in order: JSON unchanged, bytes of any format as above.
//
// Errors: kInvalidArgument if an element is null, not inline, or invalid JSON; kResourceExhausted
// if the list would exceed a limit.
absl::StatusOr<Value> FoldList(std::span<const ValuePtr> elements);

}  // namespace orrery::graph
