// GraphData JSON: a graph that is read is written as itself, and can be checked and compiled.
#include "graph/graph_data.h"

#include "absl/status/statusor.h"
#include "base/check.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/graph_checks.h"

namespace orrery::fuzz {

void TestOneInput(std::string_view bytes) {
  const absl::StatusOr<graph::Graph> graph = graph::ParseGraphData(bytes);
  if (!graph.ok()) return;
  CheckGraphDataAlways(*graph);
  CheckGraphAlways(*graph);

  const std::string text = graph::WriteGraphData(*graph);
  // A wrapper may hold plain JSON, which needs none, in any spelling.
  if (text.find("__orrery_value__") != std::string::npos) return;
  if (bytes.find("__orrery_value__") != std::string_view::npos) return;
  const absl::StatusOr<graph::Graph> again = graph::ParseGraphData(text);
  CHECK(again.ok());
  CHECK(*again == *graph);
}

}  // namespace orrery::fuzz
