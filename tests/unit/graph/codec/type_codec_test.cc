#include "graph/codec/type_codec.h"

#include "orrery/graph/v1/type.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const v1::Type& message) {
  const absl::StatusOr<Type> type = FromProto(message);
  return type.ok() ? "no error" : std::string(type.status().message());
}

TEST(TypeProtoTest, EveryKindSurvivesARoundTrip) {
  const Type integer = SimpleType(TypeKind::kInt);
  for (const Type& type :
       {Type(), integer, SimpleType(TypeKind::kFloat), SimpleType(TypeKind::kBool),
        SimpleType(TypeKind::kStr), SimpleType(TypeKind::kBytes), SimpleType(TypeKind::kComplex),
        SimpleType(TypeKind::kNone), SimpleType(TypeKind::kGraph), ListOf(integer), ListOf({}),
        TupleOf({integer, MapOf(integer)}), TupleOf({}), OptionalOf(integer),
        StructOf("S", {{"a", OpaqueType("numpy.ndarray")}, {"p", integer}}), StructOf("E", {}),
        Type{.kind = TypeKind::kVariable, .name = "T"}}) {
    EXPECT_EQ(*FromProto(ToProto(type)), type) << type.ToString();
  }
}

TEST(TypeProtoTest, WrongTypesAreRefused) {
  v1::Type unspecified;
  unspecified.set_simple(v1::SIMPLE_TYPE_UNSPECIFIED);
  EXPECT_EQ(ErrorOf(unspecified), "invalid simple type 0");
  unspecified.set_simple(static_cast<v1::SimpleType>(99));
  EXPECT_EQ(ErrorOf(unspecified), "invalid simple type 99");

  v1::Type union_of_one;
  union_of_one.mutable_union_()->add_alternatives();
  EXPECT_THAT(ErrorOf(union_of_one), HasSubstr("two or more"));

  v1::Type opaque;
  opaque.set_opaque("");
  EXPECT_EQ(ErrorOf(opaque), "an opaque type has no name");

  v1::Type twice;
  twice.mutable_struct_()->set_name("S");
  twice.mutable_struct_()->add_fields()->set_name("a");
  twice.mutable_struct_()->add_fields()->set_name("a");
  EXPECT_EQ(ErrorOf(twice), "struct \"S\" has the field \"a\" twice");
}

TEST(TypeProtoTest, NestingIsLimited) {
  Type type = SimpleType(TypeKind::kInt);
  for (std::size_t i = 1; i < kLimits.type_depth.max; ++i) type = ListOf(std::move(type));
  EXPECT_TRUE(FromProto(ToProto(type)).ok());

  EXPECT_THAT(ErrorOf(ToProto(ListOf(std::move(type)))), HasSubstr("limit type_depth"));
}

TEST(TypeProtoTest, AStructHasAtMostTypeSizeTypes) {
  std::vector<std::pair<std::string, Type>> fields;
  for (std::size_t i = 1; i < kLimits.type_size.max; ++i) {
    fields.emplace_back(fmt::format("field{}", i), SimpleType(TypeKind::kInt));
  }
  EXPECT_TRUE(FromProto(ToProto(StructOf("S", fields))).ok());

  fields.emplace_back("one_more", SimpleType(TypeKind::kInt));

  EXPECT_THAT(ErrorOf(ToProto(StructOf("S", fields))), HasSubstr("limit type_size"));
}

TEST(TypeProtoTest, AUnionHasAtMostTypeSizeTypes) {
  v1::Type message;
  for (std::size_t i = 0; i < 50'000; ++i) {
    message.mutable_union_()->add_alternatives()->set_opaque(fmt::format("type{}", i));
  }

  EXPECT_THAT(ErrorOf(message), HasSubstr("limit type_size"));
}

}  // namespace
}  // namespace orrery::graph
