// Between a list and the elements of a map, without decoding either: what fold_values and
// unfold_values do.
//
// Inside a list bytes are {"__tkr_bytes__": true, "bytes": "<base64>"}, which does not say in what
// format they are. The name of their type stays: elements of a "list[numpy.ndarray]" become bytes
// of an unsaid format, which only the deserializer of their type reads; others become
// octet-streams.
//
// Threading: functions without state.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/value.h"

namespace orrery::graph {

// One value per element, with the very text it has in the list. All are inline, whatever their
// size. kInvalidArgument: no list, no JSON, or not inline; kResourceExhausted: a limit of
// graph/limits.h.
absl::StatusOr<std::vector<Value>> UnfoldList(const Value& list);

// The list of the elements in their order, JSON as it is written and bytes of any format as above.
// kInvalidArgument: an element is null, not inline or no JSON though it says so;
// kResourceExhausted: the list would be beyond a limit.
absl::StatusOr<Value> FoldList(std::span<const ValuePtr> elements);

}  // namespace orrery::graph
