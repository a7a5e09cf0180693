#include "graph/check/flow_table.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;

TEST(FlowTableTest, WhatIsEqualIsTheSame) {
  FlowTable table;
  const Flow* flow = table.Intern(Flow{.supply = {ListOf(kInt), {kJson}}});
  const std::string a = "a";
  const std::string same = "a";

  EXPECT_EQ(table.Intern(Flow{.supply = {ListOf(kInt), {kJson}}}), flow);
  EXPECT_NE(table.Intern(Flow{.supply = {ListOf(kInt), {}}}), flow);
  EXPECT_EQ(table.Intern(Flow{}), table.unknown());
  // The names are two strings.
  EXPECT_EQ(table.Intern(std::vector<PortFlow>{{a, flow}}),
            table.Intern(std::vector<PortFlow>{{same, flow}}));
  EXPECT_EQ(table.Intern(std::vector<PortFlow>{}), table.no_ports());
  EXPECT_NE(table.unknown_ports(), table.no_ports());
}

TEST(FlowTableTest, PortsAreFoundByNameAndTheFirstCounts) {
  FlowTable table;
  const Flow* flow = table.Intern(Flow{.supply = {kInt, {}}});

  const Ports* ports = table.Intern(
      std::vector<PortFlow>{{"b", flow}, {"a", table.unknown()}, {"b", table.unknown()}});

  EXPECT_THAT(ports->Names(), ElementsAre("a", "b"));
  EXPECT_EQ(ports->Find("b"), flow);
  EXPECT_EQ(ports->Find("c"), nullptr);
}

TEST(FlowTableTest, OfTwoFlowsOnlyWhatTheyShareIsKnown) {
  FlowTable table;
  const std::string input = "x";
  const Closure* closure = table.Intern(Closure{.fixed = table.no_ports()});
  const Flow* graph = table.Intern(Flow{.supply = {kGraph, {kJson}}, .graph = closure});
  const Flow* other = table.Intern(Flow{.supply = {kGraph, {kJson}}});
  const Flow* unknown_input = table.Intern(Flow{.input = &input});

  EXPECT_EQ(table.Join(graph, graph), graph);
  EXPECT_EQ(table.Join(graph, other), other);
  EXPECT_EQ(table.Join(unknown_input, table.unknown()), table.unknown());
  EXPECT_EQ(table.Join(graph, table.unknown()), table.unknown());
}

}  // namespace
}  // namespace orrery::graph
