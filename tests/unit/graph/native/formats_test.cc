#include "graph/native/formats.h"

#include <optional>
#include <variant>

#include "tests/unit/graph/native/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;

TEST(FormatsTest, FormatsAreThoseReadOrWritten) {
  ValueCodec<test::Array> codec = test::BytesArrayCodec();
  codec.also_reads = {"application/json"};
  const CodecSet codecs = With(codec);

  EXPECT_THAT(FormatsOf<int>(codecs), ElementsAre("application/json"));
  EXPECT_THAT(FormatsOf<test::Array>(codecs),
              ElementsAre("application/x-test-array", "application/json"));
  EXPECT_THAT(FormatsOf<test::Array>(codecs, FormatUse::kWrite),
              ElementsAre("application/x-test-array"));
  EXPECT_THAT(FormatsOf<test::PointedArray>(codecs), ElementsAre("application/json"));
  EXPECT_THAT(FormatsOf<Bytes>(codecs),
              ElementsAre("application/octet-stream", "application/json"));
  EXPECT_EQ(FormatsOf<SharedBytes>(codecs), FormatsOf<Bytes>(codecs));
  EXPECT_THAT(FormatsOf<std::optional<Bytes>>(codecs, FormatUse::kWrite),
              ElementsAre("application/octet-stream", "application/json"));
  EXPECT_THAT((FormatsOf<std::variant<int, test::Array>>(codecs, FormatUse::kWrite)),
              ElementsAre("application/json", "application/x-test-array"));
}

}  // namespace
}  // namespace orrery::graph
