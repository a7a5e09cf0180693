#include "graph/supply.h"

#include "tests/unit/graph/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

const std::string kJson = "application/json";
const std::string kNpy = "application/x-npy";

Type TypeOf(const Value& value) { return SupplyOfValue(value).value().type; }

TEST(SupplyTest, JsonAndBytesTellTheirTypeByTheirContent) {
  EXPECT_EQ(SupplyOfValue(JsonValue("[1, 2]")).value(), (Supply{ListOf(kInt), {kJson}}));
  EXPECT_EQ(SupplyOfValue(BytesValue("ab")).value(),
            (Supply{SimpleType(TypeKind::kBytes), {"application/octet-stream"}}));
  EXPECT_EQ(TypeOf(JsonValue("[1, 2]", "numpy.ndarray")), ListOf(kInt));
}

TEST(SupplyTest, AGraphIsKnownByItsNameOrItsForm) {
  EXPECT_EQ(TypeOf(JsonValue("{}", "graph")), SimpleType(TypeKind::kGraph));
  EXPECT_EQ(TypeOf(JsonValue(R"({"nodes": [{"type": "output"}]})")), SimpleType(TypeKind::kGraph));
  EXPECT_EQ(TypeOf(JsonValue(R"({"nodes": 3})")), StructOf("", {{"nodes", kInt}}));
}

TEST(SupplyTest, WhatCannotBeReadHasTheTypeThatItIsNamedAfter) {
  const BlobRef blob{.digest = {}, .size_bytes = 100'000};

  EXPECT_EQ(TypeOf({"", kNpy, "numpy.ndarray"}), OpaqueType("numpy.ndarray"));
  EXPECT_EQ(TypeOf({blob, kJson, "list[int]"}), ListOf(kInt));
  EXPECT_EQ(TypeOf({blob, kJson, ""}), Type());
  EXPECT_EQ(TypeOf({"", kNpy, "no [type"}), Type());
}

TEST(SupplyTest, WithoutAMediaTypeNothingIsKnown) {
  EXPECT_EQ(SupplyOfValue({"1", "", ""}).value(), Supply());
}

TEST(SupplyTest, WhatIsNotJsonIsAnError) {
  EXPECT_EQ(SupplyOfValue(JsonValue("{")).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SupplyTest, EitherOfTwoComesInEitherFormat) {
  EXPECT_EQ(Join(Supply{kInt, {kJson}}, Supply{kFloat, {kNpy, kJson}}),
            (Supply{kFloat, {kJson, kNpy}}));
  EXPECT_EQ(Join(Supply{kInt, {kJson}}, Supply{kInt, {}}), (Supply{kInt, {}}));
}

}  // namespace
}  // namespace orrery::graph
