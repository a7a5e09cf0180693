// The source of a node's input, without its type.
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
  // The graph of the node; only compared.
  const NodeList* owner = nullptr;
  graph::PortRef ref;
};

// Nothing, a port, or a constant with the error if it could not be encoded.
using Binding = std::variant<std::monostate, BoundPort, absl::StatusOr<graph::Value>>;

struct NamedBinding {
  std::string name;
  Binding binding;
  // The source has elements, one for each run of a map's body.
  bool is_mapped = false;
};

}  // namespace orrery::client::internal
