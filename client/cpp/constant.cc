#include "client/cpp/constant.h"

#include "graph/graph_data.h"

namespace orrery::client::internal {

graph::Value EncodeGraph(const graph::Graph& graph) {
  return graph::JsonValue(graph::WriteGraphData(graph), "graph");
}

}  // namespace orrery::client::internal
