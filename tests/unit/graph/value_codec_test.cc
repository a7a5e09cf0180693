#include "graph/value_codec.h"

#include "tests/unit/graph/random_datum.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

TEST(ValueCodecTest, TopLevelBytesAreStoredAsTheyAre) {
  EXPECT_EQ(EncodeValue(Bytes{"\xff"}), BytesValue("\xff"));
  EXPECT_EQ(EncodeValue(List{Bytes{"\xff"}}),
            JsonValue(R"([{"__tkr_bytes__": true, "bytes": "/w=="}])"));
}

TEST(ValueCodecTest, RandomValuesSurviveARoundTrip) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Datum datum = DatumGenerator(seed).Next();

    const absl::StatusOr<Datum> decoded = DecodeValue(EncodeValue(datum));

    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(*decoded, datum);
  }
}

TEST(ValueCodecTest, WithoutAMediaTypeJsonIsTriedFirst) {
  EXPECT_EQ(*DecodeValue({"[1]", "", ""}), Datum(List{1}));
  EXPECT_EQ(*DecodeValue({"[1", "", ""}), Datum(Bytes{"[1"}));
}

TEST(ValueCodecTest, OtherMediaTypesAreRefusedByName) {
  EXPECT_THAT(std::string(DecodeValue({"", "application/x-npy", ""}).status().message()),
              HasSubstr("application/x-npy"));
}

TEST(ValueCodecTest, TextThatIsNotJsonIsRefused) {
  EXPECT_EQ(DecodeValue(JsonValue("[1")).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace orrery::graph
