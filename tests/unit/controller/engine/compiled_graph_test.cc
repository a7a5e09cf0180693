#include "controller/engine/compiled_graph.h"

#include "graph/canonical.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<const CompiledGraph> Compiled(graph::Graph graph) {
  auto compiled = CompiledGraph::Compile(std::move(graph));
  EXPECT_TRUE(compiled.ok()) << compiled.status();
  return compiled.value_or(nullptr);
}

std::string RefusalOf(graph::Graph graph) {
  const auto compiled = CompiledGraph::Compile(std::move(graph));
  EXPECT_EQ(compiled.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(compiled.status().message());
}

// 0: input x, 1: const, 2: task reading both and x again, 3: task nobody reads, 4: output.
graph::Graph Diamond() {
  Sketch sketch;
  const auto x = sketch.Input("x");
  const auto one = sketch.Const("1");
  const auto sum = sketch.Task("ada.add", {{"a", x}, {"b", one}, {"c", x}}, "sum");
  sketch.Task("ada.add", {{"a", one}});
  return sketch.Returning({{"value", sum}, {"again", sum}});
}

TEST(CompiledGraphTest, OperationsAreThoseOfTheNodes) {
  const auto graph = Compiled(Diamond());

  ASSERT_EQ(graph->node_count(), 5u);
  EXPECT_EQ(graph->op(0), NodeOp::kInput);
  EXPECT_EQ(graph->op(1), NodeOp::kConst);
  EXPECT_EQ(graph->op(2), NodeOp::kTask);
  EXPECT_EQ(graph->op(4), NodeOp::kOutput);
  EXPECT_EQ(graph->output_node(), 4u);
  EXPECT_EQ(graph->digest(), graph::GraphDigest(graph->graph()));
}

TEST(CompiledGraphTest, ReadsAreThoseOfTheGraphInItsOrder) {
  Sketch sketch;
  const auto body = sketch.Const(OneTask());
  const auto other = sketch.Task("ada.add", {}, "rest");
  const graph::PortRef value{other.node, "value"};
  const auto run = sketch.Eval(body, {{"x", other}, {"y", value}});
  sketch.Add({graph::IfElseNode{other, run, value}, {}});
  const auto graph = Compiled(sketch.Returning(run));
  const std::vector<graph::Consumers> expected = graph::ConsumersOf(graph->graph());

  for (NodeIndex node = 0; node < graph->node_count(); ++node) {
    graph::Consumers found;
    for (const auto& [port, last_reader] : graph->reads(node)) {
      found.emplace_back(std::string(graph->port_name(port)), last_reader);
    }
    EXPECT_EQ(found, expected[node]) << node;
  }
  EXPECT_THAT(graph->reads(0), IsEmpty()) << "a graph that is run is not read";
}

TEST(CompiledGraphTest, WiresKeepTheGraphsOrderAndNames) {
  const auto graph = Compiled(Diamond());

  const auto wires = graph->wires(2);

  ASSERT_EQ(wires.size(), 3u);
  EXPECT_EQ(graph->name(wires[0].name), "a");
  EXPECT_EQ(graph->name(wires[1].name), "b");
  EXPECT_EQ(graph->name(wires[2].name), "c");
  EXPECT_EQ(wires[0].source, wires[2].source);
  EXPECT_EQ(wires[0].source, graph->FindOutput(0, "x"));
  EXPECT_EQ(graph->input_count(2), 3u);
  EXPECT_THAT(graph->steering(2), IsEmpty());
}

TEST(CompiledGraphTest, AConsumerIsListedOncePerWire) {
  const auto graph = Compiled(Diamond());

  EXPECT_THAT(graph->consumers(graph->FindOutput(0, "x")), ElementsAre(2u, 2u));
  EXPECT_THAT(graph->consumers(graph->FindOutput(1, "value")), ElementsAre(2u, 3u));
  EXPECT_THAT(graph->consumers(graph->FindOutput(2, "sum")), ElementsAre(4u, 4u));
}

TEST(CompiledGraphTest, PortsThatNobodyReadsDoNotExist) {
  const auto graph = Compiled(Diamond());

  EXPECT_THAT(graph->outputs(3), IsEmpty());
  EXPECT_EQ(graph->FindOutput(2, "rest"), kNoPort);
  EXPECT_EQ(graph->port_count(), 3u);
}

TEST(CompiledGraphTest, EveryPortKnowsItsProducerAndName) {
  const auto graph = Compiled(Diamond());

  const PortIndex sum = graph->FindOutput(2, "sum");

  EXPECT_EQ(graph->producer(sum), 2);
  EXPECT_EQ(graph->port_name(sum), "sum");
  EXPECT_THAT(graph->outputs(2), ElementsAre(sum));
}

TEST(CompiledGraphTest, ConstantsAreHeldAsValues) {
  const auto graph = Compiled(Diamond());

  ASSERT_NE(graph->constant(1), nullptr);
  EXPECT_EQ(graph->constant(1)->bytes(), "1");
  EXPECT_EQ(graph->constant(2), nullptr);
}

TEST(CompiledGraphTest, PortsOfTheOutsideHaveNoProducer) {
  Sketch sketch;
  const auto nested = sketch.Eval(OwnGraph(), {{"x", {graph::kOutside, "x"}}});
  const auto graph = Compiled(sketch.Returning(nested));

  const PortIndex body = graph->FindOutside("body");
  const PortIndex x = graph->FindOutside("x");

  ASSERT_NE(body, kNoPort);
  ASSERT_NE(x, kNoPort);
  EXPECT_EQ(graph->producer(body), graph::kOutside);
  EXPECT_EQ(graph->outside_ports().size(), 2u);
  EXPECT_EQ(graph->FindOutside("y"), kNoPort);
}

TEST(CompiledGraphTest, SteeringFollowsTheInputs) {
  Sketch sketch;
  const auto x = sketch.Const("1");
  const auto body = sketch.Const(OneTask());
  const auto eval = sketch.Eval(body, {{"x", x}});
  sketch.Add({graph::LoopNode{body, "go_on", ""}, {{"x", x}}});
  sketch.Add({graph::MapNode{body}, {{"*", x}}});
  sketch.Add({graph::IfElseNode{x, body, eval, false}, {}});
  sketch.Add({graph::IfElseNode{x, body, eval, true}, {}});
  const auto graph = Compiled(sketch.Returning(eval));

  const PortIndex x_port = graph->FindOutput(0, "value");
  const PortIndex body_port = graph->FindOutput(1, "value");
  const PortIndex eval_port = graph->FindOutput(2, "value");

  for (const NodeIndex node : {2u, 3u, 4u}) {
    ASSERT_EQ(graph->steering(node).size(), 1u) << node;
    EXPECT_EQ(graph->steering(node)[0].source, body_port) << node;
    EXPECT_EQ(graph->wires(node)[0].source, x_port) << node;
  }
  EXPECT_EQ(graph->op(3), NodeOp::kLoop);
  EXPECT_EQ(graph->op(4), NodeOp::kMap);
  EXPECT_EQ(graph->op(5), NodeOp::kIfElse);
  EXPECT_EQ(graph->op(6), NodeOp::kEagerIfElse);
  ASSERT_EQ(graph->steering(5).size(), 3u);
  EXPECT_EQ(graph->steering(5)[0].source, x_port);
  EXPECT_EQ(graph->steering(5)[1].source, body_port);
  EXPECT_EQ(graph->steering(5)[2].source, eval_port);
}

TEST(CompiledGraphTest, AGraphOfOnlyAnOutputCompiles) {
  const auto graph = Compiled(Sketch().Returning(Sketch::Inputs{}));

  EXPECT_EQ(graph->node_count(), 1u);
  EXPECT_EQ(graph->port_count(), 0u);
}

TEST(CompiledGraphTest, AReferenceForwardIsRefused) {
  Sketch sketch;
  sketch.Task("ada.add", {{"a", {1, "value"}}});
  const auto later = sketch.Task("ada.add");

  EXPECT_THAT(RefusalOf(sketch.Returning(later)),
              HasSubstr("node 0 refers to node 1, which does not come before it"));
}

TEST(CompiledGraphTest, AReferenceToItselfIsRefused) {
  Sketch sketch;
  const auto self = sketch.Eval({0, "value"});

  EXPECT_THAT(RefusalOf(sketch.Returning(self)), HasSubstr("node 0 refers to node 0"));
}

TEST(CompiledGraphTest, OutputNamesAreThoseOfTheOutputNode) {
  EXPECT_THAT(Compiled(Diamond())->OutputNames(), ElementsAre("value", "again"));
}

TEST(CompiledGraphTest, AReferenceBeyondTheOutsideIsRefused) {
  EXPECT_THAT(RefusalOf(Sketch().Returning({-2, "x"})), HasSubstr("node -2"));
}

TEST(CompiledGraphTest, AGraphHasExactlyOneOutput) {
  Sketch sketch;
  sketch.Add({graph::OutputNode{}, {}});

  EXPECT_THAT(RefusalOf({}), HasSubstr("no output node"));
  EXPECT_THAT(RefusalOf(sketch.Returning(Sketch::Inputs{})), HasSubstr("two output nodes"));
}

}  // namespace
}  // namespace orrery::engine
