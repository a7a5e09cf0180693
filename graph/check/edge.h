// Checks the type and formats of an edge.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/supply.h"
#include "graph/task.h"
#include "graph/type.h"

namespace orrery::graph {

struct Mismatch {
  // The end of a sentence that starts with the source: "gives str, but this port takes int".
  std::string message;
  // The two types. Empty if the formats are the mismatch.
  std::string expected;
  std::string found;

  friend bool operator==(const Mismatch&, const Mismatch&) = default;
};

// Returns the mismatch between what is supplied and what the port accepts; nullopt if they fit.
std::optional<Mismatch> FindMismatch(const Supply& supply, const PortSpec& port);

// Returns true if JSON is, or may be, one of the formats.
bool MayBeJson(const std::vector<std::string>& formats);

// Returns a type for a message, shortened if it is very long.
std::string TypeText(const Type& type);

}  // namespace orrery::graph
