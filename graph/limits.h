// The limits of the graph language. Input beyond a limit is refused with a message that names it.
#pragma once

#include <string_view>

#include "base/limit.h"

namespace orrery::graph {

struct Limits {
  Limit json_bytes{.name = "json_bytes",
                   .max = 64 * 1024 * 1024,
                   .unit = LimitUnit::kBytes,
                   .of = "JSON of one value, or one graph in any format",
                   .beyond = "it is refused; a builtin fails that would read or make it"};
  Limit json_depth{.name = "json_depth",
                   .max = 512,
                   .unit = LimitUnit::kDepth,
                   .of = "nesting of arrays and objects in JSON",
                   .beyond = "it is refused"};
  Limit integer_digits{.name = "integer_digits",
                       .max = 10'000,
                       .unit = LimitUnit::kDigits,
                       .of = "decimal digits of one integer",
                       .beyond = "it is refused; a builtin fails that would make it"};
  Limit graph_nodes{.name = "graph_nodes",
                    .max = 1'000'000,
                    .unit = LimitUnit::kCount,
                    .of = "nodes of one graph, without those of graphs in its constants",
                    .beyond = "the graph is refused"};
  Limit node_inputs{.name = "node_inputs",
                    .max = 100'000,
                    .unit = LimitUnit::kCount,
                    .of = "inputs of a node, or inputs or outputs of a task",
                    .beyond = "the graph or the worker is refused"};
  Limit name_bytes{.name = "name_bytes",
                   .max = 200,
                   .unit = LimitUnit::kBytes,
                   .of = "a media type, or the name of a port, task, worker, graph or loop",
                   .beyond = "it is refused"};
  Limit location_depth{.name = "location_depth",
                       .max = 4096,
                       .unit = LimitUnit::kDepth,
                       .of = "steps of a location that a client names",
                       .beyond = "the request is refused"};
  Limit type_depth{.name = "type_depth",
                   .max = 64,
                   .unit = LimitUnit::kDepth,
                   .of = "nesting of types in the type of a port",
                   .beyond = "it is refused"};
  // Types are compared with each other while the loop waits.
  Limit type_size{.name = "type_size",
                  .max = 2000,
                  .unit = LimitUnit::kCount,
                  .of = "types in the type of a port: fields, elements, alternatives",
                  .beyond = "it is refused"};
  Limit type_nodes{.name = "type_nodes",
                   .max = 1000,
                   .unit = LimitUnit::kCount,
                   .of = "types inside an inferred type",
                   .beyond = "it is unknown to the check, so a mismatch shows when the task runs"};
  Limit union_alternatives{
      .name = "union_alternatives",
      .max = 16,
      .unit = LimitUnit::kCount,
      .of = "alternatives of an inferred union",
      .beyond = "it is unknown to the check, so a mismatch shows when the task runs"};
  Limit input_uses{.name = "input_uses",
                   .max = 32,
                   .unit = LimitUnit::kCount,
                   .of = "ports that use one input of unknown type and are compared",
                   .beyond = "the others are not compared, so a mismatch shows when the task runs"};
  Limit nested_graphs{.name = "nested_graphs",
                      .max = 200,
                      .unit = LimitUnit::kDepth,
                      .of = "nesting of graphs in constants that run each other, in a check",
                      .beyond =
                          "the outputs of deeper graphs are unknown to the check, so a mismatch "
                          "shows when the task runs"};
  // Counts the nodes and references of every graph, once for each combination of types that it runs
  // with.
  Limit inference_steps{.name = "inference_steps",
                        .max = 2'000'000,
                        .unit = LimitUnit::kCount,
                        .of = "steps of the check of one graph",
                        .beyond = "the graph is refused"};
  Limit problems{.name = "problems",
                 .max = 100,
                 .unit = LimitUnit::kCount,
                 .of = "problems of a graph that one check reports",
                 .beyond = "the check ends"};
};

inline constexpr Limits kLimits;

// Advice to those who exceed a limit.
inline constexpr std::string_view kFewerNodes =
    "run a map or loop, or move nodes into other graphs";
inline constexpr std::string_view kLeaveItToATask = "let a task of a worker do it";
inline constexpr std::string_view kFewerInputs = "pass lists or objects through fewer ports";

}  // namespace orrery::graph
