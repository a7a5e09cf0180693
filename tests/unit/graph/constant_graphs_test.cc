#include "graph/constant_graphs.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;

constexpr const char* kNested =
    R"({"nodes": [{"type": "const", "value": {"nodes": [{"type": "output"}]}}]})";

TEST(ConstantGraphsTest, GraphsThatAreSaidToBeOrAreRunCount) {
  const Graph graph{.nodes = {{ConstNode{JsonValue(kNested, "graph")}, {}},
                              {ConstNode{JsonValue(kNested)}, {}},
                              {ConstNode{JsonValue(kNested)}, {}},
                              {EvalNode{{1, "value"}}, {}}}};

  const std::map<std::size_t, Graph> nested = ConstantGraphs(graph);

  ASSERT_EQ(nested.size(), 2u);
  EXPECT_EQ(nested.at(0).nodes.size(), 1u);
  EXPECT_EQ(nested.at(1).nodes.size(), 1u);
}

TEST(ConstantGraphsTest, WhatIsNoGraphIsLeftOut) {
  const Graph graph{.nodes = {{ConstNode{JsonValue("{\"nodes\": 5}", "graph")}, {}},
                              {ConstNode{Value{BlobRef{}, "application/json", "graph"}}, {}},
                              {EvalNode{{7, "value"}}, {}}}};

  EXPECT_TRUE(ConstantGraphs(graph).empty());
}

TEST(VisitGraphsTest, EveryGraphIsSeenWithItsLocation) {
  const Graph graph{.nodes = {{OutputNode{}, {}}, {ConstNode{JsonValue(kNested, "graph")}, {}}}};
  std::vector<std::string> locations;

  VisitGraphs(graph,
              [&](const Graph&, const std::string& location) { locations.push_back(location); });

  EXPECT_THAT(locations, ElementsAre("-", "-.N1", "-.N1.N0"));
}

}  // namespace
}  // namespace orrery::graph
