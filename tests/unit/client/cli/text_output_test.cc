#include "client/cli/text_output.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/fake_controller.h"

namespace orrery::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(FormatTableTest, ColumnsAlignAndLinesHaveNoTrailingSpace) {
  EXPECT_EQ(FormatTable({{"A", "BB"}, {"long", "x"}}), "A     BB\nlong  x\n");
}

TEST(FormatTableTest, CellsCannotForgeRowsOrCommandTheTerminal) {
  EXPECT_EQ(FormatTable({{"A", "B"}, {"x\n\x1b[2J", "1\n2"}}),
            "A           B\nx\\n\\x1b[2J  1\n            2\n");
}

TEST(FormatTableTest, ColumnsAlignOnATerminal) {
  EXPECT_EQ(FormatTable({{"é", "x"}, {"日本", "x"}}), "é     x\n日本  x\n");
}

TEST(DescribeValueTest, ValuesStayOnTheirLine) {
  EXPECT_EQ(DescribeValue(graph::JsonValue("[1,\n2]")), "[1,\\n2]");
}

TEST(DescribeEndTest, FailureNamesPlaceFunctionWorkerAndReason) {
  EXPECT_EQ(DescribeEnd(client::FailedWorkflow(1, "no room")),
            "failed at -.N2 (demo.linspace) on demo at ada: no room");
}

TEST(DescribeEndTest, FailureShowsWhatWasWrittenLastAndByWhom) {
  client::Workflow workflow = client::FailedWorkflow(1, "no room");
  workflow.failure->error.output = {.text = "row 1\nrow 2"};
  EXPECT_THAT(DescribeEnd(workflow), EndsWith(": no room\n  it wrote last:\n  | row 1\n  | row 2"));

  workflow.failure->error.output.is_shared = true;
  EXPECT_THAT(DescribeEnd(workflow), HasSubstr("\n  the worker's process wrote last:\n"));
}

TEST(DescribeEndTest, SuccessNamesItsDuration) {
  EXPECT_EQ(DescribeEnd(client::SucceededWorkflow(1, {})), "succeeded in 2s");
}

TEST(DescribeValueTest, OnlyJsonIsShown) {
  EXPECT_EQ(DescribeValue(graph::JsonValue("[1, 2]")), "[1, 2]");
  EXPECT_EQ(DescribeValue(graph::BytesValue("abc")), "<3 bytes of application/octet-stream>");
}

TEST(DescribeWorkflowTest, RunningWorkflowShowsWhatItWaitsFor) {
  client::Workflow workflow = client::RunningWorkflow(207);
  workflow.waiting_for = {"no worker offers demo.linspace"};

  const std::string text = DescribeWorkflow(workflow, absl::UnixEpoch() + absl::Seconds(90));

  EXPECT_THAT(text, HasSubstr("00000000-0000-0000-0000-0000000000cf"));
  EXPECT_THAT(text, HasSubstr("took       1m30s"));
  EXPECT_THAT(text, HasSubstr("waiting    no worker offers demo.linspace"));
}

TEST(DescribeChangeTest, LineHasAgeStatusAndCounts) {
  EXPECT_EQ(DescribeChange(client::RunningWorkflow(1), absl::UnixEpoch() + absl::Seconds(3)),
            "3s running: 3 finished, 2 running, 1 ready");
}

TEST(DescribeChangeTest, NodesFromTheCacheAreToldApart) {
  client::Workflow workflow = client::RunningWorkflow(1);
  workflow.nodes.cached = 2;

  EXPECT_EQ(DescribeChange(workflow, absl::UnixEpoch() + absl::Seconds(3)),
            "3s running: 3 finished (2 from the cache), 2 running, 1 ready");
}

}  // namespace
}  // namespace orrery::cli
