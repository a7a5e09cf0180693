// What an input of a node is wired to, without its type.
//
// Threading: thread-compatible; value types.
#pragma once

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "graph/graph.h"
#include "graph/value.h"

namespace orrery::client::internal {

class NodeList;

struct BoundPort {
  // The graph that the node is in; for comparison only.
  const NodeList* owner = nullptr;
  graph::PortRef ref;
};

// Nothing, a port, or a constant that could perhaps not be encoded.
using Binding = std::variant<std::monostate, BoundPort, absl::StatusOr<graph::Value>>;

struct NamedBinding {
  std::string name;
  Binding binding;
  // Elements, one for each instance of a map's body.
  bool is_mapped = false;
};

}  // namespace orrery::client::internal
