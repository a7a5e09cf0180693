// A graph while it is built, without types: nodes are appended, mistakes collected.
//
// Threading: thread-compatible. Its address is its identity, so it is neither copied nor moved.
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

  // Each returns the index of the new node.
  std::int32_t Add(graph::Node node);
  // With its inputs; those that are bound to nothing are left out.
  std::int32_t AddWired(graph::NodeKind kind, const std::vector<NamedBinding>& inputs);
  // An eval, loop or map of `body`.
  std::int32_t AddRun(graph::NodeKind kind, const Binding& body,
                      const std::vector<NamedBinding>& inputs);
  // An eval that leaves the remaining inputs out.
  std::int32_t AddPartial(const Binding& body, const std::vector<NamedBinding>& inputs,
                          const PartialNames& names);
  std::int32_t AddIfElse(bool is_eager, const Branches& branches);

  // The port to read: of the constant's new node, if it is one. `what` is for messages.
  graph::PortRef Resolve(std::string_view what, const Binding& binding);
  void AddOutput(const std::string& name, const BoundPort& port);
  void AddProblem(std::string problem);

  // kInvalidArgument names every problem, a line each.
  absl::StatusOr<graph::Graph> Build() &&;

 private:
  graph::Graph graph_;
  std::vector<graph::NodeInput> outputs_;
  std::vector<std::string> problems_;
};

}  // namespace orrery::client::internal
