#include "graph/codec/graph_format.h"

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "graph/codec/graph_codec.h"
#include "graph/graph_data.h"
#include "graph/limits.h"
#include "orrery/graph/v1/graph.pb.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

// The tag of Graph.nodes. In JSON a control character other than white space is always escaped.
constexpr char kNodesTag = '\x12';

}  // namespace

std::string_view FormatName(GraphFormat format) {
  return format == GraphFormat::kJson ? "json" : "proto";
}

std::optional<GraphFormat> FormatOfPath(std::string_view path) {
  if (path.ends_with(".json")) return GraphFormat::kJson;
  for (const std::string_view ending : {".pb", ".binpb"}) {
    if (path.ends_with(ending)) return GraphFormat::kProto;
  }
  return std::nullopt;
}

GraphFormat FormatOfBytes(std::string_view bytes) {
  return bytes.find(kNodesTag) == bytes.npos ? GraphFormat::kJson : GraphFormat::kProto;
}

absl::StatusOr<Graph> ReadGraph(std::string_view bytes, GraphFormat format) {
  RETURN_IF_ERROR(CheckLimit(kLimits.json_bytes, "the graph", bytes.size(),
                             "make it or its constants smaller",
                             absl::StatusCode::kResourceExhausted));
  if (format == GraphFormat::kJson) return ParseGraphData(bytes);
  v1::Graph message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        fmt::format("these {} bytes are no orrery.graph.v1.Graph message", bytes.size()));
  }
  return FromProto(message);
}

absl::StatusOr<std::string> WriteGraph(const Graph& graph, GraphFormat format) {
  std::string bytes;
  if (format == GraphFormat::kJson) {
    bytes = WriteGraphData(graph) + "\n";
  } else {
    v1::Graph message;
    ToProto(graph, message);
    bytes = message.SerializeAsString();
  }
  if (const absl::StatusOr<Graph> read = ReadGraph(bytes, format); !read.ok()) {
    return absl::Status(read.status().code(),
                        fmt::format("the graph cannot be written as {}: {}", FormatName(format),
                                    std::string(read.status().message())));
  }
  return bytes;
}

}  // namespace orrery::graph
