// Makes the typed ports of nodes: the only place that gives a port a type.
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "client/cpp/each.h"
#include "client/cpp/node_list.h"
#include "client/cpp/port.h"

namespace orrery::client::internal {

// A binder of BindPorts: the ports of one node, by name.
struct NodeBinder {
  // Outlives this.
  const NodeList& owner;
  std::int32_t node;

  template <class T>
  client::Port<T> Port(std::string_view name) const {
    return client::Port<T>({.owner = &owner, .ref = {node, std::string(name)}});
  }
};

// Of a map: the one output of its body is the port `*`; of several, `x` is `x-*`.
struct MapBinder {
  NodeBinder node;
  bool is_single;

  template <class T>
  client::Port<T> Port(std::string_view name) const {
    return node.Port<T>(is_single ? std::string(kElementsPort) : std::string(name).append("-*"));
  }
};

}  // namespace orrery::client::internal
