#include "graph/native/codec_set.h"

#include <stdexcept>

#include "tests/unit/graph/native/sample_types.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(CodecSetTest, CodecsAreFoundByType) {
  CodecSet codecs;
  EXPECT_EQ(codecs.Find<test::Array>(), nullptr);

  codecs.Set(test::BytesArrayCodec());
  CodecSet copy = codecs;
  copy.Set(test::JsonArrayCodec());

  ASSERT_NE(codecs.Find<test::Array>(), nullptr);
  EXPECT_EQ(codecs.Find<test::Array>()->media_type, "application/x-test-array");
  EXPECT_EQ(copy.Find<test::Array>()->media_type, "application/json");
  EXPECT_EQ(codecs.Find<test::Person>(), nullptr);
}

TEST(CodecSetTest, ACodecThatThrowsHasFailed) {
  ValueCodec<test::Array> codec = test::BytesArrayCodec();
  codec.to_bytes = [](const test::Array&) -> absl::StatusOr<std::string> {
    throw std::runtime_error("no room");
  };

  const absl::StatusOr<std::string> bytes =
      CallCodec("serializer", "numpy.ndarray", codec.to_bytes, test::Array());

  EXPECT_EQ(bytes.status().message(), "the serializer of numpy.ndarray failed: no room");
}

TEST(CodecSetTest, AMissingFunctionIsAnError) {
  const absl::StatusOr<test::Array> array =
      CallCodec("deserializer", "numpy.ndarray", test::BytesArrayCodec().from_json, Datum());

  EXPECT_EQ(array.status().message(), "the deserializer of numpy.ndarray is missing");
}

}  // namespace
}  // namespace orrery::graph
