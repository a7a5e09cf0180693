#include "graph/codec/graph_codec.h"

#include "graph/limits.h"
#include "orrery/graph/v1/graph.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

Graph EveryKind() {
  return {.name = "all",
          .nodes = {{InputNode{"x"}, {}},
                    {ConstNode{JsonValue("[1, 2.0]")}, {}},
                    {FunctionNode{"a.b"}, {{"p", {0, "x"}}, {"q", {1, "value"}}}},
                    {EvalNode{{-1, "body"}}, {{"x", {2, "value"}}}},
                    {LoopNode{{1, "value"}, "again", "trace"}, {}},
                    {MapNode{{1, "value"}}, {{"e", {0, "*"}}}},
                    {IfElseNode{{0, "x"}, {1, "value"}, {2, "value"}, false}, {}},
                    {IfElseNode{{0, "x"}, {1, "value"}, {2, "value"}, true}, {}},
                    {OutputNode{}, {{"out", {7, "value"}}}}},
          .fixed_inputs = {{"x", JsonValue("1")}}};
}

v1::Graph Written(const Graph& graph) {
  v1::Graph message;
  ToProto(graph, message);
  return message;
}

std::string ErrorOf(const v1::Graph& message) {
  const absl::StatusOr<Graph> graph = FromProto(message);
  return graph.ok() ? "no error" : std::string(graph.status().message());
}

TEST(GraphProtoTest, EveryKindOfNodeSurvivesARoundTrip) {
  EXPECT_EQ(*FromProto(Written(EveryKind())), EveryKind());
  EXPECT_EQ(*FromProto(v1::Graph()), Graph());
}

TEST(GraphProtoTest, ErrorsNameNodeAndField) {
  v1::Graph message = Written(EveryKind());
  message.mutable_nodes(2)->clear_kind();
  EXPECT_EQ(ErrorOf(message), "node 2: field \"kind\": is missing");

  message = Written(EveryKind());
  message.mutable_nodes(1)->mutable_const_()->clear_value();
  EXPECT_EQ(ErrorOf(message), "node 1: field \"value\": a value has neither bytes nor a blob");

  message = Written(EveryKind());
  message.mutable_nodes(4)->mutable_loop()->clear_body();
  EXPECT_EQ(ErrorOf(message), "node 4: field \"body\": is missing");

  message = Written(EveryKind());
  message.mutable_nodes(2)->mutable_inputs(1)->clear_source();
  EXPECT_EQ(ErrorOf(message), "node 2: field \"inputs.q\": is missing");

  message = Written(EveryKind());
  message.mutable_nodes(6)->mutable_if_else()->mutable_pred()->set_node(-2);
  EXPECT_THAT(ErrorOf(message), HasSubstr("node 6: field \"pred\": -2 is not a node index"));
}

TEST(GraphProtoTest, ListsOfNodesAndInputsHaveALimit) {
  v1::Graph nodes;
  for (std::size_t i = 0; i <= kLimits.graph_nodes.max; ++i) nodes.add_nodes();
  EXPECT_THAT(ErrorOf(nodes), HasSubstr("limit graph_nodes"));

  v1::Graph inputs = Written(EveryKind());
  for (std::size_t i = 0; i < kLimits.node_inputs.max; ++i) inputs.mutable_nodes(2)->add_inputs();
  EXPECT_THAT(ErrorOf(inputs), HasSubstr("limit node_inputs"));
}

TEST(GraphProtoTest, FixedInputsAreGivenOnce) {
  v1::Graph message = Written(EveryKind());
  *message.add_fixed_inputs() = message.fixed_inputs(0);

  EXPECT_EQ(ErrorOf(message), "fixed_inputs: \"x\" is given twice");
}

}  // namespace
}  // namespace orrery::graph
