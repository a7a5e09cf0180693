// Every limit of the graph language. Input beyond a limit is refused with a message that names it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace orrery::graph {

struct Limits {
  // JSON text of one value or graph, bytes.
  std::size_t json_bytes_max = 64 * 1024 * 1024;
  // Nesting of arrays and objects in JSON.
  std::size_t json_depth_max = 512;
  // Decimal digits of one integer.
  std::size_t integer_digits_max = 10'000;
  // Nodes of one graph, not counting the graphs nested in its constants.
  std::size_t nodes_max = 1'000'000;
  // Inputs of one node.
  std::size_t node_inputs_max = 100'000;
  // Bytes of a port, task, worker, graph or loop name.
  std::size_t name_bytes_max = 200;
  // Nodes of an inferred type; a larger type counts as unknown.
  std::size_t type_nodes_max = 1000;
  // Alternatives of an inferred union; a larger union counts as unknown.
  std::size_t union_alternatives_max = 16;
  // Nesting of graphs that run each other, for type inference; deeper graphs are unknown.
  std::size_t nested_graphs_max = 200;
  // Work of the type inference: the nodes and references of every graph, once for each combination
  // of types that it runs with.
  std::size_t inference_steps_max = 2'000'000;
};

inline constexpr Limits kLimits;

}  // namespace orrery::graph
