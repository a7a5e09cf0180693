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

#include <cstddef>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "graph/value.h"

namespace orrery::graph {

// Calls `on_element` for each element in order, with an inline value of the same text as in the
// list, valid during the call.
//
// Errors: kInvalidArgument if `list` is not a list, not JSON or not inline; kResourceExhausted
// beyond a limit of graph/limits.h. Elements before the error were reported.
absl::Status UnfoldList(const Value& list, absl::FunctionRef<void(const Value&)> on_element);

// Writes the list of the elements in order: JSON unchanged, bytes of any format as above.
class ListFold {
 public:
  ListFold() = default;
  ListFold(const ListFold&) = delete;
  ListFold& operator=(const ListFold&) = delete;

  // Adds the next element.
  //
  // Errors: kInvalidArgument if it is null, not inline, or invalid JSON; kResourceExhausted if the
  // list would exceed a limit. The list cannot be used after that.
  absl::Status Add(const Value* element);
  Value Finish() &&;

 private:
  std::size_t count_ = 0;
  std::string json_ = "[";
  // Of all elements so far; empty if they have different or unknown types.
  std::string type_name_;
};

}  // namespace orrery::graph
