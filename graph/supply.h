// What is known, before anything runs, about the values that arrive somewhere.
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

// Both may be unknown.
struct Supply {
  Type type;
  // The media types it may come in; empty: nobody knows.
  std::vector<std::string> formats;

  friend bool operator==(const Supply&, const Supply&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Supply& supply) {
    return H::combine(std::move(hash), supply.type, supply.formats);
  }
};

// What a value tells about itself: JSON and bytes by their content, a graph and whatever only a
// deserializer can read by the name of their type. kInvalidArgument: it is not what it says.
absl::StatusOr<Supply> SupplyOfValue(const Value& value);

// What is known if it is one of the two.
Supply Join(const Supply& a, const Supply& b);

}  // namespace orrery::graph
