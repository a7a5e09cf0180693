#include "client/cpp/untyped.h"

#include <cstdint>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {
namespace {

using ::testing::HasSubstr;

class UntypedOutputsTest : public ::testing::Test {
 protected:
  const absl::StatusOr<graph::Graph> body_ = graph::ParseGraphData(
      R"({"nodes": [{"type": "input", "name": "x"},
                    {"type": "output", "inputs": {"y": [0, "x"]}}]})");
  GraphBuilder g_{"demo"};
};

TEST_F(UntypedOutputsTest, NamesThatTheGraphHasAreWired) {
  g_.Output("out", g_.Eval(*body_, {{"x", 5}}).Get<std::int64_t>("y"));

  EXPECT_EQ(BuildLines(std::move(g_)).back(), "output(out=2.y)");
}

TEST_F(UntypedOutputsTest, NamesThatTheGraphDoesNotHaveFailTheBuild) {
  g_.Output("out", g_.Eval(*body_, {{"z", 5}}).Get<std::int64_t>("value"));

  const std::string problems = BuildLines(std::move(g_)).front();
  EXPECT_THAT(problems, HasSubstr("has no input z, only [x]"));
  EXPECT_THAT(problems, HasSubstr("has no output value, only [y]"));
}

}  // namespace
}  // namespace orrery::client
