#include "graph/task_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TaskSpec Paint() {
  return {.name = "paint",
          .inputs = {{.name = "x", .type = SimpleType(TypeKind::kInt), .formats = {"json"}},
                     {.name = "y", .is_required = false}},
          .outputs = {{.name = "value", .type = SimpleType(TypeKind::kInt), .formats = {"json"}}}};
}

const UsedPorts kUsed{.inputs = {"x"}, .outputs = {"value"}};

TEST(TaskFitTest, SameTaskFits) {
  const TaskSpec task = Paint();

  EXPECT_EQ(WhyUnfit(task, &task, kUsed), "");
  EXPECT_EQ(WhyUnfit(task, nullptr, kUsed), "");
}

TEST(TaskFitTest, PortsThatTheNodeDoesNotUseMayChange) {
  const TaskSpec before = Paint();
  TaskSpec now = Paint();
  now.version = "2";
  now.inputs[1].name = "z";
  now.outputs.push_back({.name = "more"});

  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "");
}

TEST(TaskFitTest, PortThatTheNodeUsesMustBeThere) {
  TaskSpec now = Paint();
  now.inputs[0].name = "a";
  EXPECT_EQ(WhyUnfit(now, nullptr, kUsed), "it has no input x");

  now = Paint();
  now.outputs[0].name = "a";
  EXPECT_EQ(WhyUnfit(now, nullptr, kUsed), "it has no output value");
}

TEST(TaskFitTest, NewRequiredInputDoesNotFit) {
  TaskSpec now = Paint();
  now.inputs[1].is_required = true;

  EXPECT_EQ(WhyUnfit(now, nullptr, kUsed), "its input y is required, and the graph gives none");
}

TEST(TaskFitTest, WhatWasAcceptedIsStillAccepted) {
  const TaskSpec before = Paint();
  TaskSpec now = Paint();
  now.inputs[0].type = SimpleType(TypeKind::kFloat);  // Takes an int, too.
  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "");

  now.inputs[0].type = SimpleType(TypeKind::kStr);
  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "its input x is of type str, was int");

  now = Paint();
  now.inputs[0].formats = {"npy"};
  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "its input x does not read json any more");
}

TEST(TaskFitTest, WhatIsMadeIsWhatWasMade) {
  const TaskSpec before = Paint();
  TaskSpec now = Paint();
  now.outputs[0].type = SimpleType(TypeKind::kFloat);  // More than an int.
  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "its output value is of type float, was int");

  now = Paint();
  now.outputs[0].formats = {"npy"};
  EXPECT_EQ(WhyUnfit(now, &before, kUsed), "its output value is written as npy, was json");
}

}  // namespace
}  // namespace orrery::graph
