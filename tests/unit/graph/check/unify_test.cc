#include "graph/check/unify.h"

#include "tests/unit/graph/check/graph_kit.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

const Type kUnknown;

// Returns the type of T after `actual` has arrived at a port of type `pattern`.
Type BoundBy(const Type& pattern, const Type& actual) {
  Bindings bindings;
  EXPECT_FALSE(bindings.Unify("a", pattern, actual).has_value());
  return bindings.Resolve(kT);
}

TEST(UnifyTest, VariablesAreFoundInContainers) {
  EXPECT_EQ(BoundBy(kT, kInt), kInt);
  EXPECT_EQ(BoundBy(ListOf(kT), ListOf(kInt)), kInt);
  EXPECT_EQ(BoundBy(MapOf(ListOf(kT)), MapOf(ListOf(kStr))), kStr);
  EXPECT_EQ(BoundBy(TupleOf({kInt, kT}), TupleOf({kInt, kStr})), kStr);
  EXPECT_EQ(
      BoundBy(StructOf("S", {{"x", kInt}, {"y", kT}}), StructOf("", {{"y", kStr}, {"x", kInt}})),
      kStr);
}

TEST(UnifyTest, AContainerOfAnotherKindThatFitsIsSeenThrough) {
  EXPECT_EQ(BoundBy(ListOf(kT), TupleOf({kInt, kStr})), UnionOf({kInt, kStr}));
  EXPECT_EQ(BoundBy(TupleOf({kT, kStr}), ListOf(kInt)), kInt);
  EXPECT_EQ(BoundBy(MapOf(kT), StructOf("", {{"a", kInt}, {"b", kFloat}})), kFloat);
}

TEST(UnifyTest, OfAUnionTheAlternativeThatIsMeantIsBound) {
  EXPECT_EQ(BoundBy(OptionalOf(kT), OptionalOf(kInt)), kInt);
  EXPECT_EQ(BoundBy(OptionalOf(kT), kNone), kUnknown);
  EXPECT_EQ(BoundBy(UnionOf({kT, ListOf(kT)}), ListOf(kInt)), kInt);
  EXPECT_EQ(BoundBy(ListOf(kT), UnionOf({ListOf(kInt), ListOf(kStr)})), UnionOf({kInt, kStr}));
}

TEST(UnifyTest, WhatDoesNotFitBindsNothing) {
  EXPECT_EQ(BoundBy(ListOf(kT), kInt), kUnknown);
  EXPECT_EQ(BoundBy(ListOf(kT), kUnknown), kUnknown);
  EXPECT_EQ(BoundBy(ListOf(kT), kArray), kUnknown);
}

TEST(UnifyTest, RelatedTypesAreJoinedOverThePorts) {
  Bindings bindings;
  EXPECT_FALSE(bindings.Unify("a", kT, kInt).has_value());
  EXPECT_FALSE(bindings.Unify("b", kT, kFloat).has_value());
  EXPECT_EQ(bindings.Resolve(ListOf(kT)), ListOf(kFloat));

  EXPECT_FALSE(bindings.Unify("c", kT, OptionalOf(kInt)).has_value());
  EXPECT_EQ(bindings.Resolve(kT), OptionalOf(kFloat));
}

TEST(UnifyTest, JsonObjectsHaveTheFieldsTheyHave) {
  Bindings bindings;
  EXPECT_FALSE(bindings.Unify("a", kT, StructOf("", {{"x", kInt}})).has_value());

  EXPECT_FALSE(bindings.Unify("b", kT, StructOf("", {{"y", kInt}})).has_value());
}

TEST(UnifyTest, AConflictNamesTheOtherPortAndBothTypes) {
  Bindings bindings;
  EXPECT_FALSE(bindings.Unify("v", ListOf(kT), ListOf(kInt)).has_value());

  const std::optional<Conflict> conflict = bindings.Unify("a", kT, kStr);

  ASSERT_TRUE(conflict.has_value());
  EXPECT_EQ(conflict->variable, "T");
  EXPECT_EQ(conflict->port, "v");
  EXPECT_EQ(conflict->bound, kInt);
  EXPECT_EQ(conflict->found, kStr);
  EXPECT_EQ(bindings.Resolve(kT), kInt);
}

TEST(UnifyTest, UnboundVariablesStayOrBecomeUnknown) {
  Bindings bindings;
  bindings.Unify("a", kT, kInt);

  EXPECT_EQ(bindings.Apply(TupleOf({kT, kU})), TupleOf({kInt, kU}));
  EXPECT_EQ(bindings.Resolve(TupleOf({kT, kU})), TupleOf({kInt, kUnknown}));
}

TEST(UnifyTest, VariablesMayBeAnywhere) {
  EXPECT_TRUE(HasVariables(MapOf(TupleOf({kInt, kT}))));
  EXPECT_FALSE(HasVariables(MapOf(TupleOf({kInt, kArray}))));
}

}  // namespace
}  // namespace orrery::graph
