#include "graph/check/common_value.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

bool HaveCommon(const Type& a, const Type& b) {
  const bool is_common = HaveCommonValue({.type = a}, {.type = b});
  EXPECT_EQ(is_common, HaveCommonValue({.type = b}, {.type = a}));
  return is_common;
}

TEST(CommonValueTest, AnIntIsEveryNumber) {
  EXPECT_TRUE(HaveCommon(kInt, kFloat));
  EXPECT_TRUE(HaveCommon(kFloat, SimpleType(TypeKind::kComplex)));
  EXPECT_FALSE(HaveCommon(kInt, kBool));
  EXPECT_FALSE(HaveCommon(kInt, kStr));
}

TEST(CommonValueTest, InDoubtThereIsOne) {
  EXPECT_TRUE(HaveCommon({}, kStr));
  EXPECT_TRUE(HaveCommon(kT, kStr));
  EXPECT_TRUE(HaveCommon(ListOf(kInt), ListOf(kStr)));
  EXPECT_TRUE(HaveCommon(MapOf(kInt), MapOf(kStr)));
}

TEST(CommonValueTest, OneAlternativeIsEnough) {
  EXPECT_TRUE(HaveCommon(UnionOf({kStr, kInt}), UnionOf({kFloat, kNone})));
  EXPECT_FALSE(HaveCommon(OptionalOf(kStr), kInt));
}

TEST(CommonValueTest, TuplesHaveOneInEveryPlace) {
  EXPECT_TRUE(HaveCommon(TupleOf({kInt, kStr}), TupleOf({kFloat, kStr})));
  EXPECT_FALSE(HaveCommon(TupleOf({kInt}), TupleOf({kInt, kInt})));
  EXPECT_TRUE(HaveCommon(TupleOf({kInt, kInt}), ListOf(kFloat)));
  EXPECT_FALSE(HaveCommon(TupleOf({kInt, kStr}), ListOf(kInt)));
  EXPECT_FALSE(HaveCommon(ListOf(kInt), kStr));
}

TEST(CommonValueTest, StructsHaveOneInEveryFieldTheyNeed) {
  const Type point = StructOf("P", {{"x", kInt}, {"label", OptionalOf(kStr)}});

  EXPECT_TRUE(HaveCommon(point, StructOf("Q", {{"x", kFloat}})));
  EXPECT_FALSE(HaveCommon(point, StructOf("Q", {{"x", kFloat}, {"y", kFloat}})));
  EXPECT_FALSE(HaveCommon(point, StructOf("Q", {{"x", kStr}})));
  EXPECT_TRUE(HaveCommon(point, MapOf(kInt)));
  EXPECT_FALSE(HaveCommon(point, MapOf(kStr)));
}

TEST(CommonValueTest, OpaqueTypesMeetOthersInJsonOnly) {
  const PortSpec array{.type = kArray, .formats = {kNpy}};

  EXPECT_TRUE(HaveCommon(kArray, ListOf(kInt)));
  EXPECT_TRUE(HaveCommonValue(array, array));
  EXPECT_FALSE(HaveCommonValue(array, {.type = OpaqueType("scipy.sparse"), .formats = {kNpy}}));
  EXPECT_FALSE(HaveCommonValue(array, {.type = ListOf(kInt), .formats = {kNpy}}));
}

TEST(CommonValueTest, FormatsMustMeet) {
  const PortSpec npy{.type = kArray, .formats = {kNpy}};
  const PortSpec json{.type = kArray, .formats = {kJson}};

  EXPECT_FALSE(HaveCommonFormat(npy, json));
  EXPECT_FALSE(HaveCommonValue(npy, json));
  EXPECT_TRUE(HaveCommonFormat(npy, {.type = kArray}));
}

}  // namespace
}  // namespace orrery::graph
