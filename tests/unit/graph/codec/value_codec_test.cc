#include "graph/codec/value_codec.h"

#include "orrery/graph/v1/value.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

TEST(ValueProtoTest, InlineAndBlobValuesSurviveARoundTrip) {
  for (const Value& value :
       {JsonValue("[1]", "list[int]"), BytesValue(std::string("\0\xff", 2)), BytesValue(""),
        Value{BlobRef{Sha256("x"), 70'000}, "application/x-npy", "numpy.ndarray"}}) {
    v1::Value message;
    ToProto(value, message);
    EXPECT_EQ(*FromProto(message), value);
  }
}

TEST(ValueProtoTest, AValueNeedsContent) {
  EXPECT_EQ(FromProto(v1::Value()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ValueProtoTest, ABlobNeedsAWholeDigest) {
  v1::Value message;
  message.mutable_blob()->set_digest("short");

  EXPECT_THAT(std::string(FromProto(message).status().message()),
              HasSubstr("5 bytes, it needs 32"));
}

TEST(ValueProtoTest, NamedValuesNeedAName) {
  const NamedValue input{"x", std::make_shared<const Value>(JsonValue("1"))};
  v1::NamedValue message;
  ToProto(input, message);
  ASSERT_TRUE(FromProto(message).ok());
  EXPECT_EQ(*FromProto(message)->value, *input.value);

  message.set_name("../x");

  EXPECT_THAT(std::string(FromProto(message).status().message()), HasSubstr("contains \"/\""));
}

}  // namespace
}  // namespace orrery::graph
