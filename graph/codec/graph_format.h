// The two file formats of graphs: GraphData JSON, and the binary message orrery.graph.v1.Graph.
//
// Threading: functions without state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/graph.h"

namespace orrery::graph {

enum class GraphFormat { kJson, kProto };

// "json", "proto"
std::string_view FormatName(GraphFormat format);

// Returns the format for the endings .json, .pb and .binpb; nullopt for any other.
std::optional<GraphFormat> FormatOfPath(std::string_view path);

// Guesses the format from the content. Every message with a node contains a byte that JSON cannot
// contain.
GraphFormat FormatOfBytes(std::string_view bytes);

// Errors: kInvalidArgument, with the place, if the content does not have this format;
// kResourceExhausted beyond a limit of graph/limits.h.
absl::StatusOr<Graph> ReadGraph(std::string_view bytes, GraphFormat format);

// JSON ends with a newline. The output reads as a graph with the same digest.
//
// Errors: the codes of ReadGraph, if the format cannot represent this graph (a name that is not
// UTF-8 in a message), or if the output would be too long to be read.
absl::StatusOr<std::string> WriteGraph(const Graph& graph, GraphFormat format);

}  // namespace orrery::graph
