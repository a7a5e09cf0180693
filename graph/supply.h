// The known type and formats of the values that arrive at a port, before the graph runs.
//
// Threading: functions without state and a value type.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/type.h"
#include "graph/value.h"

namespace orrery::graph {

// Both fields may be unknown.
struct Supply {
  Type type;
  // The possible media types; empty if unknown.
  std::vector<std::string> formats;

  friend bool operator==(const Supply&, const Supply&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Supply& supply) {
    return H::combine(std::move(hash), supply.type, supply.formats);
  }
};

// Determines the type of a value: for JSON and bytes from their content, for graphs and values with
// a deserializer from their type name.
//
// Errors: kInvalidArgument if the content does not match the media type.
absl::StatusOr<Supply> SupplyOfValue(const Value& value);

// Combines the types and formats of a value that comes from one of two places.
Supply Join(const Supply& a, const Supply& b);

}  // namespace orrery::graph
