// The two forms in which a graph lies in a file: GraphData JSON, and the binary message
// orrery.graph.v1.Graph.
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

// By its ending: .json, or .pb and .binpb; nothing if it has another.
std::optional<GraphFormat> FormatOfPath(std::string_view path);

// By what is in it. Every message with a node holds a byte that JSON cannot.
GraphFormat FormatOfBytes(std::string_view bytes);

// kInvalidArgument: not of that format, with where; kResourceExhausted: a limit of graph/limits.h.
absl::StatusOr<Graph> ReadGraph(std::string_view bytes, GraphFormat format);

// JSON ends with a newline. What is written reads as a graph with the same digest. The codes of
// ReadGraph: the format cannot say this graph (a name that is no UTF-8 in a message), or only at
// such a length that nobody would read it.
absl::StatusOr<std::string> WriteGraph(const Graph& graph, GraphFormat format);

}  // namespace orrery::graph
