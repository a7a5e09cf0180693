// Every limit of the graph language. Beyond one, the input is refused with a message that names it.
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
  std::size_t integer_digits_max = 100'000;
  // Nodes of one graph, not counting the graphs nested in its constants.
  std::size_t nodes_max = 1'000'000;
  // Inputs of one node.
  std::size_t node_inputs_max = 100'000;
  // Bytes of a port, task, worker, graph or loop name.
  std::size_t name_bytes_max = 200;
  // Types that an inferred type is made of; a larger one counts as unknown.
  std::size_t type_nodes_max = 1000;
  // Alternatives of an inferred union; one of more counts as unknown.
  std::size_t union_alternatives_max = 16;
  // Graphs that run each other while types are inferred; what is deeper is unknown.
  std::size_t nested_graphs_max = 200;
  // Work to infer the types of a graph: nodes and references of every graph in it, once for each
  // combination of types it is run with.
  std::size_t inference_steps_max = 20'000'000;
};

inline constexpr Limits kLimits;

}  // namespace orrery::graph
