// Graphs and how they are drawn, as files of tests/golden/render and tests/conformance/tierkreis.
// After a wanted change write them anew, with the command itself:
//
//   orrery graph render tests/conformance/tierkreis/case_typed_map.json --format text
//
// Threading: functions without state.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include "graph/graph.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"

namespace orrery::graph {

inline std::string Contents(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string GoldenText(const std::string& name) {
  return Contents("tests/golden/render/" + name);
}

// "wrong" is a graph of the golden folder, any other name a Tierkreis case.
inline Graph GoldenGraph(const std::string& name) {
  const absl::StatusOr<Graph> graph = ParseGraphData(
      name == "wrong" ? GoldenText("wrong.json")
                      : Contents("tests/conformance/tierkreis/case_" + name + ".json"));
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.value_or(Graph());
}

}  // namespace orrery::graph
