#include "graph/check/integer_results.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

class IntegerResultsTest : public ::testing::Test {
 protected:
  const Ports* PortsOf(const Type& type) {
    return flows_.Intern(
        std::vector<PortFlow>{{"value", flows_.Intern(Flow{.supply = {type, {kJson}}})}});
  }

  FlowTable flows_;
};

TEST_F(IntegerResultsTest, OfIntsOnlyAnIntIsMade) {
  EXPECT_TRUE(GivesIntegers("builtins.add", *PortsOf(kInt)));
  EXPECT_TRUE(GivesIntegers("builtins.sum_list", *PortsOf(ListOf(kInt))));
  EXPECT_FALSE(GivesIntegers("builtins.add", *PortsOf(kFloat)));
  EXPECT_FALSE(GivesIntegers("builtins.sum_list", *PortsOf(ListOf({}))));
  EXPECT_FALSE(GivesIntegers("builtins.pow", *PortsOf(kInt)));
  EXPECT_FALSE(GivesIntegers("mine.add", *PortsOf(kInt)));
}

TEST_F(IntegerResultsTest, AnIntTakesThePlaceOfIntOrFloat) {
  const Type number = UnionOf({kInt, kFloat});

  EXPECT_EQ(WithIntegers(flows_, *PortsOf(number)), PortsOf(kInt));
  EXPECT_EQ(WithIntegers(flows_, *PortsOf(ListOf(number))), PortsOf(ListOf(kInt)));
  EXPECT_EQ(WithIntegers(flows_, *PortsOf(OptionalOf(kFloat))), PortsOf(OptionalOf(kFloat)));
}

}  // namespace
}  // namespace orrery::graph
