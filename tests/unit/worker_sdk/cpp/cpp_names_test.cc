#include "worker_sdk/cpp/cpp_names.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

using graph::SimpleType;
using graph::TypeKind;

const graph::Type kInt = SimpleType(TypeKind::kInt);
const graph::Type kStr = SimpleType(TypeKind::kStr);
const graph::Type kArray = graph::OpaqueType("numpy.ndarray");

TEST(CppNamesTest, TaskNamesBecomeTypeNames) {
  EXPECT_EQ(CamelCase("add_point"), "AddPoint");
  EXPECT_EQ(CamelCase("x"), "X");
  EXPECT_EQ(CamelCase("_2d"), "Task2d");
}

TEST(CppNamesTest, KeywordsGetAnUnderscore) {
  EXPECT_EQ(MemberName("start"), "start");
  EXPECT_EQ(MemberName("class"), "class_");
  EXPECT_EQ(MemberName("Outputs"), "Outputs_");
}

TEST(CppNamesTest, TypesHaveTheSpellingOfTheBuilder) {
  CppTypes types;

  EXPECT_EQ(types.NameOf(graph::ListOf(kInt)), "std::vector<std::int64_t>");
  EXPECT_EQ(types.NameOf(graph::MapOf(kArray)),
            "std::map<std::string, orrery::Opaque<\"numpy.ndarray\">>");
  EXPECT_EQ(types.NameOf(graph::TupleOf({kInt, SimpleType(TypeKind::kBytes)})),
            "std::tuple<std::int64_t, orrery::graph::Bytes>");
  EXPECT_EQ(types.NameOf(graph::UnionOf({kInt, graph::ListOf(kInt)})),
            "std::variant<std::int64_t, std::vector<std::int64_t>>");
  EXPECT_EQ(types.NameOf(graph::OptionalOf(kInt)), "std::optional<std::int64_t>");
  EXPECT_EQ(types.NameOf(graph::OptionalOf(graph::UnionOf({kInt, kStr}))),
            "std::optional<std::variant<std::int64_t, std::string>>");
  EXPECT_EQ(types.NameOf(SimpleType(TypeKind::kComplex)), "std::complex<double>");
  EXPECT_EQ(types.NameOf({}), "orrery::graph::Datum");
  EXPECT_EQ(types.definitions(), "");
}

TEST(CppNamesTest, StructsAreDefinedOnceAndInnerOnesFirst) {
  CppTypes types;
  const graph::Type inner = graph::StructOf("Inner", {{"a", kArray}});
  const graph::Type outer = graph::StructOf("Outer", {{"i", graph::ListOf(inner)}, {"n", kInt}});

  EXPECT_EQ(types.NameOf(outer), "Outer");
  EXPECT_EQ(types.NameOf(inner), "Inner");
  EXPECT_EQ(types.definitions(),
            "struct Inner {\n"
            "  orrery::Opaque<\"numpy.ndarray\"> a;\n"
            "};\n"
            "BOOST_DESCRIBE_STRUCT(Inner, (), (a))\n"
            "\n"
            "struct Outer {\n"
            "  std::vector<Inner> i;\n"
            "  std::int64_t n;\n"
            "};\n"
            "BOOST_DESCRIBE_STRUCT(Outer, (), (i, n))\n"
            "\n");
}

TEST(CppNamesTest, DifferentStructsOfOneNameAreNumbered) {
  CppTypes types;

  EXPECT_EQ(types.NameOf(graph::StructOf("P", {{"a", kInt}})), "P");
  EXPECT_EQ(types.NameOf(graph::StructOf("P", {{"b", kInt}})), "P2");
  EXPECT_EQ(types.UniqueName("P"), "P3");
}

TEST(CppNamesTest, IdentifiersAreWhatCppAndPythonCallSo) {
  EXPECT_TRUE(IsIdentifier("add_point2"));
  EXPECT_TRUE(IsIdentifier("_"));
  for (const char* text : {"", "2d", "a-b", "a.b", "a b", "\xc3\xa4"}) {
    EXPECT_FALSE(IsIdentifier(text)) << text;
  }
}

}  // namespace
}  // namespace orrery
