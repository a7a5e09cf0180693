#include "graph/check/edge.h"

#include "tests/unit/graph/sample_types.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

const std::string kJson = "application/json";
const std::string kNpy = "application/x-npy";

PortSpec Port(Type type, std::vector<std::string> formats) {
  return {.name = "a", .type = std::move(type), .formats = std::move(formats)};
}

std::string MessageOf(const Supply& supply, const PortSpec& port) {
  return FindMismatch(supply, port).value_or(Mismatch()).message;
}

TEST(EdgeTest, EqualEndsFit) {
  EXPECT_EQ(MessageOf({kArray, {kNpy}}, Port(kArray, {kNpy, kJson})), "");
  EXPECT_EQ(MessageOf({kInt, {kJson}}, Port(SimpleType(TypeKind::kFloat), {kJson})), "");
}

TEST(EdgeTest, WhatIsUnknownFits) {
  EXPECT_EQ(MessageOf({}, Port(kArray, {kNpy})), "");
  EXPECT_EQ(MessageOf({kArray, {kNpy}}, Port({}, {})), "");
}

TEST(EdgeTest, FormatsMustMeet) {
  EXPECT_EQ(MessageOf({kArray, {kNpy}}, Port(kArray, {kJson})),
            "writes application/x-npy, but this port reads application/json");
}

TEST(EdgeTest, TypesMustMeet) {
  EXPECT_EQ(MessageOf({SimpleType(TypeKind::kStr), {kJson}}, Port(kInt, {kJson})),
            "gives str, but this port takes int");
}

TEST(EdgeTest, TheTypesThatDisagreeAreTold) {
  const std::optional<Mismatch> types =
      FindMismatch({SimpleType(TypeKind::kStr), {kJson}}, Port(kInt, {kJson}));
  ASSERT_TRUE(types.has_value());
  EXPECT_EQ(types->expected, "int");
  EXPECT_EQ(types->found, "str");

  const std::optional<Mismatch> formats = FindMismatch({kArray, {kNpy}}, Port(kArray, {kJson}));
  ASSERT_TRUE(formats.has_value());
  EXPECT_EQ(formats->expected, "");
  EXPECT_EQ(formats->found, "");
}

TEST(EdgeTest, PlainTypesMeetOpaqueOnesInJsonOnly) {
  EXPECT_EQ(MessageOf({ListOf(kInt), {kJson}}, Port(kArray, {kJson})), "");
  EXPECT_EQ(MessageOf({ListOf(kInt), {kNpy}}, Port(kArray, {kNpy})),
            "gives list[int], but this port takes numpy.ndarray");
}

TEST(EdgeTest, LongTypesAreCut) {
  std::vector<std::pair<std::string, Type>> fields(500, {"field", kInt});

  EXPECT_LT(MessageOf({StructOf("S", fields), {}}, Port(kInt, {})).size(), 300U);
}

}  // namespace
}  // namespace orrery::graph
