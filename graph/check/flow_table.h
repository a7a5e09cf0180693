// The inferred types and formats of ports, each stored once.
//
// A large graph has few different flows, so that a node costs one pointer. Equal flows are the same
// pointer, which shows that a graph has already run with the same types.
//
// All results live as long as the table.
//
// Threading: thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "graph/supply.h"

namespace orrery::graph {

struct Closure;
struct GraphDefinition;

// The inferred properties of the values of one port.
struct Flow {
  Supply supply;
  // The graph that the value is; null if it is not a graph or unknown.
  const Closure* graph = nullptr;
  // The input of the outermost graph that arrives here unchanged and whose type is unknown; null in
  // all other cases.
  const std::string* input = nullptr;

  friend bool operator==(const Flow&, const Flow&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Flow& flow) {
    return H::combine(std::move(hash), flow.supply, flow.graph, flow.input);
  }
};

struct PortFlow {
  std::string_view port;
  const Flow* flow = nullptr;

  friend bool operator==(const PortFlow&, const PortFlow&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const PortFlow& named) {
    return H::combine(std::move(hash), named.port, named.flow);
  }
};

// The ports of a node, or the inputs of a graph, by name.
struct Ports {
  std::vector<PortFlow> flows;
  // True if the set of ports is unknown.
  bool is_open = false;

  // Returns null if the port does not exist or is unknown.
  const Flow* Find(std::string_view port) const;
  std::vector<std::string> Names() const;

  friend bool operator==(const Ports&, const Ports&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Ports& ports) {
    return H::combine(std::move(hash), ports.flows, ports.is_open);
  }
};

// A graph with some of its inputs fixed.
struct Closure {
  GraphDefinition* definition = nullptr;
  const Ports* fixed = nullptr;

  friend bool operator==(const Closure&, const Closure&) = default;
  template <class H>
  friend H AbslHashValue(H hash, const Closure& closure) {
    return H::combine(std::move(hash), closure.definition, closure.fixed);
  }
};

class FlowTable {
 public:
  FlowTable();

  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  const Flow* Intern(Flow flow);
  // Accepts any order. The first of repeated ports counts. The names outlive the table.
  const Ports* Intern(std::vector<PortFlow> flows);
  const Closure* Intern(const Closure& closure);
  std::string_view Intern(std::string name);

  // Returns the properties of a value that comes from one of two flows.
  const Flow* Join(const Flow* a, const Flow* b);

  const Flow* unknown() const { return unknown_; }
  // The ports of a node whose ports are unknown.
  const Ports* unknown_ports() const { return unknown_ports_; }
  const Ports* no_ports() const { return no_ports_; }

 private:
  // Used for lookup only. Elements have stable addresses.
  absl::node_hash_set<Flow> flows_;
  absl::node_hash_set<Ports> ports_;
  absl::node_hash_set<Closure> closures_;
  absl::node_hash_set<std::string> names_;

  const Flow* const unknown_;
  const Ports* const unknown_ports_;
  const Ports* const no_ports_;
};

}  // namespace orrery::graph
