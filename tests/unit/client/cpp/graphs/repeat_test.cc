#include "client/cpp/graphs/repeat.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client::graphs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RepeatTest, CountsDownAndTakesNoStepForZeroTimes) {
  const auto repeat = DefineRepeat<std::string>();
  ASSERT_TRUE(repeat.ok()) << repeat.status();

  EXPECT_THAT(ProblemsOf(repeat->graph()), IsEmpty());
  EXPECT_THAT(LinesOf(repeat->graph()),
              ElementsAre("input value", "input times", "input step", "const 0",
                          "builtins.igt(a=1.times, b=3.value)",  //
                          "const graph",                         //
                          "  input value", "  input times", "  input step",
                          "  eval of 2.step(value=0.value)", "  const 1",
                          "  builtins.isubtract(a=1.times, b=4.value)", "  const 0",
                          "  builtins.igt(a=5.value, b=6.value)",
                          "  output(value=3.value, times=5.value, should_continue=7.value)",
                          "loop  of 5.value while should_continue"
                          "(value=0.value, times=1.times, step=2.step)",
                          "ifelse(pred=4.value, if_true=6.value, if_false=0.value)",
                          "output(value=7.value)"));
}

}  // namespace
}  // namespace orrery::client::graphs
