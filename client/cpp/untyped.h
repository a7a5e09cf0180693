// Evals of graphs without types: Build checks the names of the ports.
//
//   ASSIGN_OR_RETURN(const graph::Graph body, graph::ParseGraphData(json));
//   const Port<double> y = g.Eval(body, {{"x", 2.0}}).Get<double>("y");
//
// Threading: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/cpp/builder.h"
#include "client/cpp/node_binder.h"
#include "client/cpp/node_list.h"
#include "client/cpp/port.h"
#include "graph/datum.h"

namespace orrery::client {

struct UntypedInput {
  std::string name;
  In<graph::Datum> value;
};

class UntypedOutputs {
 public:
  // Requires: `nodes` outlives this object.
  UntypedOutputs(internal::NodeList& nodes, std::int32_t node, std::vector<std::string> names)
      : nodes_(&nodes), node_(node), names_(std::move(names)) {}

  // Returns a port. GraphBuilder::Build reports a name that the graph does not have.
  template <class T>
  Port<T> Get(const std::string& name) const {
    CheckName(name);
    return internal::NodeBinder{*nodes_, node_}.Port<T>(name);
  }

 private:
  void CheckName(const std::string& name) const;

  internal::NodeList* nodes_;
  std::int32_t node_;
  std::vector<std::string> names_;
};

}  // namespace orrery::client
