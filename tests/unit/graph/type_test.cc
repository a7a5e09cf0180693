#include "graph/type.h"

#include "tests/unit/graph/sample_types.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(TypeTest, IsWrittenAsPeopleWriteIt) {
  EXPECT_EQ(ListOf(kInt).ToString(), "list[int]");
  EXPECT_EQ(MapOf(kFloat).ToString(), "map[str, float]");
  EXPECT_EQ(TupleOf({kInt, kStr}).ToString(), "tuple[int, str]");
  EXPECT_EQ(OptionalOf(kInt).ToString(), "int | none");
  EXPECT_EQ(kArray.ToString(), "numpy.ndarray");
  EXPECT_EQ(StructOf("PointedArray", {{"a", kArray}, {"p", kInt}}).ToString(),
            "PointedArray{a: numpy.ndarray, p: int}");
  EXPECT_EQ(Type().ToString(), "unknown");
}

TEST(TypeTest, UnionsAreFlatAndWithoutRepeats) {
  EXPECT_EQ(UnionOf({kInt, UnionOf({kStr, kInt}), kStr}), UnionOf({kInt, kStr}));
  EXPECT_EQ(UnionOf({kInt, kInt}), kInt);
  EXPECT_EQ(UnionOf({}), Type());
  EXPECT_EQ(OptionalOf(OptionalOf(kInt)), OptionalOf(kInt));
}

TEST(TypeTest, UnknownAndVariablesFitAnything) {
  EXPECT_TRUE(IsAssignable({}, kInt));
  EXPECT_TRUE(IsAssignable(kArray, {}));
  EXPECT_TRUE(IsAssignable(ListOf({}), ListOf(kInt)));
  EXPECT_TRUE(IsAssignable({.kind = TypeKind::kVariable, .name = "T"}, kStr));
}

TEST(TypeTest, NumbersWidenButNeverNarrow) {
  EXPECT_TRUE(IsAssignable(kInt, kFloat));
  EXPECT_TRUE(IsAssignable(kFloat, kComplex));
  EXPECT_FALSE(IsAssignable(kFloat, kInt));
  EXPECT_FALSE(IsAssignable(kComplex, kFloat));
  EXPECT_FALSE(IsAssignable(kBool, kInt));
  EXPECT_FALSE(IsAssignable(kInt, kBool));
}

TEST(TypeTest, EveryAlternativeOfAUnionMustFit) {
  EXPECT_TRUE(IsAssignable(kInt, UnionOf({kStr, kInt})));
  EXPECT_TRUE(IsAssignable(kInt, OptionalOf(kFloat)));
  EXPECT_TRUE(IsAssignable(UnionOf({kInt, kFloat}), kFloat));
  EXPECT_FALSE(IsAssignable(OptionalOf(kInt), kInt));
  EXPECT_FALSE(IsAssignable(kBool, UnionOf({kStr, kInt})));
}

TEST(TypeTest, ContainersFitByTheirElements) {
  EXPECT_TRUE(IsAssignable(ListOf(kInt), ListOf(kFloat)));
  EXPECT_FALSE(IsAssignable(ListOf(kStr), ListOf(kFloat)));
  EXPECT_TRUE(IsAssignable(TupleOf({kInt, kFloat}), ListOf(kFloat)));
  EXPECT_TRUE(IsAssignable(ListOf(kInt), TupleOf({kInt, kFloat})));
  EXPECT_FALSE(IsAssignable(TupleOf({kInt}), TupleOf({kInt, kInt})));
  EXPECT_TRUE(IsAssignable(StructOf("", {{"a", kInt}}), MapOf(kFloat)));
  EXPECT_FALSE(IsAssignable(MapOf(kInt), StructOf("S", {{"a", kInt}})));
  EXPECT_FALSE(IsAssignable(kInt, ListOf(kInt)));
}

TEST(TypeTest, StructsFitByTheirFields) {
  const Type point = StructOf("Point", {{"x", kInt}, {"label", OptionalOf(kStr)}});

  EXPECT_TRUE(IsAssignable(StructOf("", {{"x", kInt}}), point));
  EXPECT_TRUE(IsAssignable(StructOf("Other", {{"label", kNone}, {"x", kInt}}), point));
  EXPECT_FALSE(IsAssignable(StructOf("", {{"label", kStr}}), point));
  EXPECT_FALSE(IsAssignable(StructOf("", {{"x", kStr}}), point));
  EXPECT_FALSE(IsAssignable(StructOf("", {{"x", kInt}, {"lable", kStr}}), point));
}

TEST(TypeTest, OpaqueTypesFitByName) {
  EXPECT_TRUE(IsAssignable(kArray, kArray));
  EXPECT_FALSE(IsAssignable(kArray, OpaqueType("scipy.sparse")));
  EXPECT_FALSE(IsAssignable(ListOf(kInt), kArray));
}

TEST(TypeTest, InJsonAnOpaqueTypeMeetsPlainTypes) {
  EXPECT_TRUE(IsReadableAsJson(ListOf(kInt), kArray));
  EXPECT_TRUE(IsReadableAsJson(kArray, ListOf(kInt)));
  EXPECT_TRUE(
      IsReadableAsJson(StructOf("", {{"a", ListOf(kInt)}}), StructOf("S", {{"a", kArray}})));
  EXPECT_FALSE(IsReadableAsJson(kArray, OpaqueType("scipy.sparse")));
  EXPECT_FALSE(IsReadableAsJson(kStr, kInt));
}

TEST(TypeTest, ASubtypeIsCertain) {
  EXPECT_TRUE(IsSubtype(kInt, kFloat));
  EXPECT_TRUE(IsSubtype(ListOf(kInt), ListOf({})));
  EXPECT_TRUE(IsSubtype(kInt, UnionOf({kStr, kFloat})));
  EXPECT_TRUE(IsSubtype(TupleOf({kInt, kInt}), ListOf(kInt)));
  EXPECT_FALSE(IsSubtype({}, kInt));
  EXPECT_FALSE(IsSubtype(ListOf({}), ListOf(kInt)));
  EXPECT_FALSE(IsSubtype(ListOf(kInt), TupleOf({kInt, kInt})));
  EXPECT_FALSE(IsSubtype(ListOf(kInt), kArray));
}

TEST(TypeTest, NodesAreCountedThroughout) {
  EXPECT_EQ(CountNodes(kInt), 1U);
  EXPECT_EQ(CountNodes(MapOf(TupleOf({kInt, ListOf(kStr)}))), 5U);
}

}  // namespace
}  // namespace orrery::graph
