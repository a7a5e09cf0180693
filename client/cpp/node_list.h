// An untyped graph under construction: appends nodes and collects problems.
//
// Threading: thread-compatible. Neither copied nor moved: ports refer to it by its address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cpp/binding.h"
#include "graph/graph.h"

namespace orrery::client::internal {

class NodeList {
 public:
  struct Branches {
    Binding pred;
    Binding if_true;
    Binding if_false;
  };
  struct PartialNames {
    std::vector<std::string> all;
    std::vector<std::string> remaining;
  };

  explicit NodeList(std::string name);
  NodeList(const NodeList&) = delete;
  NodeList& operator=(const NodeList&) = delete;

  // These functions return the index of the new node.
  std::int32_t Add(graph::Node node);
  // Adds a node with its inputs, except those that are bound to nothing.
  std::int32_t AddWired(graph::NodeKind kind, const std::vector<NamedBinding>& inputs);
  // Adds an eval, loop or map of `body`.
  std::int32_t AddRun(graph::NodeKind kind, const Binding& body,
                      const std::vector<NamedBinding>& inputs);
  // Adds an eval without the remaining inputs.
  std::int32_t AddPartial(const Binding& body, const std::vector<NamedBinding>& inputs,
                          const PartialNames& names);
  std::int32_t AddIfElse(bool is_eager, const Branches& branches);

  // Returns the port to read. Adds a node for a constant. `what` names the binding in messages.
  graph::PortRef Resolve(std::string_view what, const Binding& binding);
  void AddOutput(const std::string& name, const BoundPort& port);
  void AddProblem(std::string problem);

  // Errors: kInvalidArgument with one line for each problem.
  absl::StatusOr<graph::Graph> Build() &&;

 private:
  graph::Graph graph_;
  std::vector<graph::NodeInput> outputs_;
  std::vector<std::string> problems_;
};

}  // namespace orrery::client::internal
