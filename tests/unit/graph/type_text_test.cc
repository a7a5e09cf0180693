#include "graph/type_text.h"

#include <vector>

#include "graph/limits.h"
#include "tests/unit/graph/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  return std::string(ParseType(text).status().message());
}

TEST(TypeTextTest, WhatIsWrittenIsReadBack) {
  const std::vector<Type> types = {
      {},
      kInt,
      SimpleType(TypeKind::kGraph),
      ListOf(kInt),
      TupleOf({}),
      TupleOf({kInt, OptionalOf(kStr)}),
      MapOf(ListOf(SimpleType(TypeKind::kComplex))),
      OpaqueType("numpy.ndarray"),
      StructOf("", {}),
      StructOf("PointedArray", {{"a", OpaqueType("numpy.ndarray")}, {"p", OptionalOf(kInt)}}),
      ListOf(StructOf("", {{"x", MapOf(kInt)}, {"y", TupleOf({kInt, kStr})}})),
      UnionOf({ListOf(kInt), StructOf("S", {{"b", SimpleType(TypeKind::kBytes)}}), kStr}),
  };

  for (const Type& type : types) {
    const absl::StatusOr<Type> parsed = ParseType(type.ToString());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, type) << type.ToString();
  }
}

TEST(TypeTextTest, NamesThatAreVariablesAreVariables) {
  const std::vector<std::string> variables = {"T"};

  EXPECT_EQ(*ParseType("list[T]", variables), ListOf({.kind = TypeKind::kVariable, .name = "T"}));
  EXPECT_EQ(*ParseType("list[U]", variables), ListOf(OpaqueType("U")));
}

TEST(TypeTextTest, SpacesDoNotMatter) {
  EXPECT_EQ(*ParseType(" map[ str ,int|str ] "), MapOf(UnionOf({kInt, kStr})));
  EXPECT_EQ(*ParseType("S { a :int }"), StructOf("S", {{"a", kInt}}));
}

TEST(TypeTextTest, OtherFormsAreRefusedWhereTheyGoWrong) {
  EXPECT_EQ(ErrorOf(""), "the type \"\": expected a type at \"\"");
  EXPECT_EQ(ErrorOf("int |"), "the type \"int |\": expected a type at \"\"");
  EXPECT_EQ(ErrorOf("int]"), "the type \"int]\": expected one type at \"]\"");
  EXPECT_EQ(ErrorOf("list[int"), "the type \"list[int\": expected \",\" or \"]\" at \"\"");
  EXPECT_THAT(ErrorOf("list[int, int]"), HasSubstr("expected list[T], tuple[T, ...] or map"));
  EXPECT_THAT(ErrorOf("list"), HasSubstr("expected list[T], tuple[T, ...] or map"));
  EXPECT_THAT(ErrorOf("map[int, int]"), HasSubstr("expected list[T], tuple[T, ...] or map"));
  EXPECT_THAT(ErrorOf("S{a}"), HasSubstr("expected a field, \"name: type\" at \"}\""));
}

TEST(TypeTextTest, NestingIsLimited) {
  std::string text = "int";
  for (std::size_t i = 1; i < kLimits.type_depth.max; ++i) text = "list[" + text + "]";
  EXPECT_TRUE(ParseType(text).ok());

  EXPECT_EQ(ErrorOf("list[" + text + "]"),
            "a type has depth 65, at most 64 is accepted; nest it less (limit type_depth)");
}

}  // namespace
}  // namespace orrery::graph
