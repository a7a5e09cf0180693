// Makes the typed ports of nodes. Only this code gives a port its type.
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

// A binder for BindPorts: makes the ports of one node, by name.
struct NodeBinder {
  // Must outlive the binder.
  const NodeList& owner;
  std::int32_t node;

  template <class T>
  client::Port<T> Port(std::string_view name) const {
    return client::Port<T>({.owner = &owner, .ref = {node, std::string(name)}});
  }
};

// A binder for a map: the port of a single output of the body is `*`; of several, `x` has `x-*`.
struct MapBinder {
  NodeBinder node;
  bool is_single;

  template <class T>
  client::Port<T> Port(std::string_view name) const {
    return node.Port<T>(is_single ? std::string(kElementsPort) : std::string(name).append("-*"));
  }
};

}  // namespace orrery::client::internal
