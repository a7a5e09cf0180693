#include "client/cpp/graphs/map_reduce.h"

#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/checked_graph.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client::graphs {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

TEST(MapReduceTest, FoldsWhatTheGivenGraphMakesOfEachValue) {
  const auto map_reduce = DefineMapReduce<std::string, std::int64_t, double>();
  ASSERT_TRUE(map_reduce.ok()) << map_reduce.status();

  EXPECT_THAT(ProblemsOf(map_reduce->graph()), IsEmpty());
  EXPECT_THAT(LinesOf(map_reduce->graph()),
              IsSupersetOf({"builtins.unfold_values(value=0.values)", "map of 1.map(value=4.*)",
                            "builtins.fold_values(values_glob=5.*)",
                            "eval of 7.value(initial=3.initial, values=6.value, step=2.reduce)",
                            "output(value=8.value)"}));
}

}  // namespace
}  // namespace orrery::client::graphs
