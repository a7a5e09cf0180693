// Whether what one port carries fits the port it is wired to.
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
  // The two types; empty if it is the formats that do not fit.
  std::string expected;
  std::string found;

  friend bool operator==(const Mismatch&, const Mismatch&) = default;
};

// What does not fit; absent if all does.
std::optional<Mismatch> FindMismatch(const Supply& supply, const PortSpec& port);

// Whether JSON is, or may be, among the formats.
bool MayBeJson(const std::vector<std::string>& formats);

// A type for a message, cut if it is very long.
std::string TypeText(const Type& type);

}  // namespace orrery::graph
