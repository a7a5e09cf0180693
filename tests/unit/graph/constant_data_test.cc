#include "graph/constant_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const Datum& wrapped) {
  const absl::StatusOr<Value> value = ConstantFromDatum(Object{{"__orrery_value__", wrapped}});
  return value.ok() ? "no error" : std::string(value.status().message());
}

TEST(ConstantDataTest, PlainValuesAreTheirJson) {
  EXPECT_EQ(ConstantToDatum(JsonValue("[1, 2.0]")), Datum(List{1, 2.0}));
  EXPECT_EQ(ConstantToDatum(BytesValue("\xff")), Datum(Bytes{"\xff"}));
}

TEST(ConstantDataTest, EverythingElseSurvivesARoundTrip) {
  for (const Value& value : {Value{"\x93NUMPY", "application/x-npy", "numpy.ndarray"},
                             Value{BlobRef{Sha256("x"), 70'000}, "application/json", "str"},
                             JsonValue("{ not JSON"), JsonValue(R"({"__orrery_value__": 3})")}) {
    EXPECT_EQ(*ConstantFromDatum(ConstantToDatum(value)), value);
  }
}

TEST(ConstantDataTest, WrongWrappersAreRefused) {
  EXPECT_THAT(ErrorOf(3), HasSubstr("needs a media_type"));
  EXPECT_THAT(ErrorOf(Object{{"media_type", "a/b"}}), HasSubstr("needs bytes, or a digest"));
  EXPECT_THAT(ErrorOf(Object{{"media_type", "a/b"}, {"digest", "00"}, {"size_bytes", -1}}),
              HasSubstr("needs bytes, or a digest"));
  EXPECT_NE(ErrorOf(Object{{"media_type", "a/b"}, {"digest", "00"}, {"size_bytes", 1}}),
            "no error");
}

}  // namespace
}  // namespace orrery::graph
