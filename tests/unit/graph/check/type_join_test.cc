#include "graph/check/type_join.h"

#include "graph/limits.h"
#include "tests/unit/graph/sample_types.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(TypeJoinTest, TheWiderTypeCoversTheOther) {
  EXPECT_EQ(Join(kInt, kInt), kInt);
  EXPECT_EQ(Join(kInt, kFloat), kFloat);
  EXPECT_EQ(Join(ListOf(kFloat), ListOf(kInt)), ListOf(kFloat));
  EXPECT_EQ(Join(ListOf({}), ListOf(kInt)), ListOf({}));
  EXPECT_EQ(Join(kInt, OptionalOf(kInt)), OptionalOf(kInt));
}

TEST(TypeJoinTest, DifferentTypesMakeAUnion) {
  EXPECT_EQ(Join(kInt, kStr), UnionOf({kInt, kStr}));
  EXPECT_EQ(Join(ListOf(kInt), TupleOf({kInt, kStr})),
            UnionOf({ListOf(kInt), TupleOf({kInt, kStr})}));
}

TEST(TypeJoinTest, AlternativesThatAreCoveredGo) {
  EXPECT_EQ(Join(UnionOf({kInt, kStr}), kFloat), UnionOf({kStr, kFloat}));
  EXPECT_EQ(Join(OptionalOf(kFloat), UnionOf({kInt, kStr})), UnionOf({kFloat, kNone, kStr}));
}

TEST(TypeJoinTest, UnknownCoversEverything) {
  EXPECT_EQ(Join({}, kInt), Type());
  EXPECT_EQ(Join(kInt, {}), Type());
}

// Else a loop would go on between two names for the same.
TEST(TypeJoinTest, WhatAddsNothingChangesNothing) {
  const Type named = StructOf("Point", {{"x", kInt}});
  const Type anonymous = StructOf("", {{"x", kInt}});

  EXPECT_EQ(Join(named, anonymous), named);
  EXPECT_EQ(Join(anonymous, named), anonymous);
}

TEST(TypeJoinTest, TooManyAlternativesAreUnknown) {
  Type joined = OpaqueType("t0");
  for (std::size_t i = 1; i < kLimits.union_alternatives.max; ++i) {
    joined = Join(joined, OpaqueType("t" + std::to_string(i)));
  }
  EXPECT_EQ(joined.arguments.size(), kLimits.union_alternatives.max);

  EXPECT_EQ(Join(joined, kInt), Type());
}

TEST(TypeJoinTest, TypesThatAreTooLargeAreUnknown) {
  std::vector<Type> elements(kLimits.type_nodes.max - 1, kInt);
  EXPECT_EQ(Bounded(TupleOf(elements)), TupleOf(elements));

  elements.push_back(kInt);
  EXPECT_EQ(Bounded(TupleOf(elements)), Type());
}

}  // namespace
}  // namespace orrery::graph
