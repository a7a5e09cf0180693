#include "client/cpp/graphs/repeat_until.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client::graphs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RepeatUntilTest, TriesAgainAfterAFailureWhileItMay) {
  const auto repeat_until = DefineRepeatUntil<std::string>();
  ASSERT_TRUE(repeat_until.ok()) << repeat_until.status();

  EXPECT_THAT(ProblemsOf(repeat_until->graph()), IsEmpty());
  EXPECT_THAT(LinesOf(repeat_until->graph()),
              ElementsAre("input value", "input attempt", "input is_success", "input tries_max",  //
                          "const graph",                                                          //
                          "  input value", "  input tries", "  input attempt", "  input is_success",
                          "  input tries_max", "  eval of 2.attempt(value=0.value)",
                          "  eval of 3.is_success(value=5.value)", "  const 1",
                          "  builtins.iadd(a=1.tries, b=7.value)",
                          "  builtins.igt(a=4.tries_max, b=8.value)", "  builtins.neg(a=6.value)",
                          "  builtins.trk_and(a=10.value, b=9.value)",
                          "  output(value=5.value, tries=8.value, succeeded=6.value, "
                          "should_continue=11.value)",
                          "const 0",
                          "loop  of 4.value while should_continue(value=0.value, tries=5.value, "
                          "attempt=1.attempt, is_success=2.is_success, tries_max=3.tries_max)",
                          "output(value=6.value, succeeded=6.succeeded, tries=6.tries)"));
}

}  // namespace
}  // namespace orrery::client::graphs
