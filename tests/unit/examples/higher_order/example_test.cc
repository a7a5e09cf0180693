#include "examples/higher_order/example.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "examples/higher_order/fold.h"
#include "examples/higher_order/map_reduce.h"
#include "examples/higher_order/repeat.h"
#include "examples/higher_order/repeat_until.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"

namespace higher_order {
namespace {

using ::testing::IsEmpty;
using ::testing::TestWithParam;

class ExampleTest : public TestWithParam<absl::StatusOr<Example> (*)()> {};

TEST_P(ExampleTest, GraphNeedsNothingButBuiltins) {
  const absl::StatusOr<Example> example = GetParam()();
  ASSERT_TRUE(example.ok()) << example.status();

  EXPECT_THAT(orrery::graph::InputNames(example->graph), IsEmpty());
  EXPECT_THAT(orrery::client::ProblemsOf(example->graph, {.allow_unknown_tasks = false}),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Examples, ExampleTest,
                         ::testing::Values([] { return FoldExample({}); },
                                           [] { return MapReduceExample({}); },
                                           [] { return RepeatExample({}); },
                                           [] { return RepeatUntilExample({}); }));

TEST(ExpectEqualTest, SaysWhatDiffers) {
  EXPECT_TRUE(ExpectEqual(5, 5).ok());
  EXPECT_EQ(ExpectEqual<std::int64_t>(4, 5),
            absl::DataLossError("the workflow gave 4, expected 5"));
}

}  // namespace
}  // namespace higher_order
