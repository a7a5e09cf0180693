#include "worker_sdk/cpp/array/array_codecs.h"

#include <utility>
#include <vector>

#include "graph/native/encode.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery {
namespace {

using ::testing::HasSubstr;

graph::CodecSet With(graph::ValueCodec<NDArray> codec) {
  graph::CodecSet codecs;
  codecs.Set(std::move(codec));
  return codecs;
}

TEST(ArrayCodecsTest, EachCodecReadsWhatItWritesAndSaysItsMediaType) {
  const NDArray array(xt::xarray<double>{{0, 0.1}, {-1e300, 3}});
  const std::vector<std::pair<graph::ValueCodec<NDArray>, std::string_view>> codecs = {
      {NpyCodec(), "application/x-npy"},
      {JsonListCodec(), "application/json"},
      {RawCodec(), "application/x-orrery-raw-array"}};
  for (const auto& [codec, media_type] : codecs) {
    const auto value = graph::EncodeNative(array, With(codec));
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(value->media_type, media_type);
    EXPECT_EQ(*graph::DecodeNative<NDArray>(*value, With(codec)), array);
  }
}

TEST(ArrayCodecsTest, ReadingWithAnotherCodecNamesBothFormats) {
  const auto value = graph::EncodeNative(NDArray(), With(NpyCodec()));

  const absl::Status status = graph::DecodeNative<NDArray>(*value, With(RawCodec())).status();

  EXPECT_THAT(status.message(), HasSubstr("application/x-npy"));
  EXPECT_THAT(status.message(), HasSubstr("application/x-orrery-raw-array"));
}

}  // namespace
}  // namespace orrery
