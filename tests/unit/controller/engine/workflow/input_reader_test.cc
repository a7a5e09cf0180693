#include "controller/engine/workflow/input_reader.h"

#include "graph/limits.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

class InputReaderTest : public ::testing::Test {
 protected:
  graph::ValuePtr Blob() const { return std::make_shared<const graph::Value>(BlobOf(bytes_)); }

  const std::string bytes_ = "[1, 2]";
  const LoadedBytes loaded_ = {{Sha256(bytes_), std::make_shared<const std::string>(bytes_)}};
};

TEST_F(InputReaderTest, AnInlineValueIsReadAtOnce) {
  InputReader reader(/*loaded=*/nullptr);
  const graph::ValuePtr value = Json("3");

  EXPECT_EQ(*reader.Inline(value), value);
  EXPECT_EQ(**reader.Decode(*value), graph::Datum(3));
  EXPECT_FALSE(reader.is_missing_bytes());
}

TEST_F(InputReaderTest, ABlobIsMissingOnceHoweverOftenItIsRead) {
  InputReader reader(/*loaded=*/nullptr);

  EXPECT_FALSE((*reader.Inline(Blob()))->is_inline());
  EXPECT_EQ(*reader.Decode(*Blob()), std::nullopt);

  EXPECT_EQ(reader.missing(), (MissingBytes{{Sha256(bytes_), bytes_.size()}}));
}

TEST_F(InputReaderTest, ALoadedBlobIsReadLikeAnInlineValue) {
  InputReader reader(&loaded_);

  EXPECT_EQ((*reader.Inline(Blob()))->bytes(), bytes_);
  EXPECT_TRUE((*reader.Decode(*Blob()))->As<graph::List>() != nullptr);
  EXPECT_FALSE(reader.is_missing_bytes());
}

TEST_F(InputReaderTest, AValueThatIsNotJsonDecodesToItsBytes) {
  InputReader reader(/*loaded=*/nullptr);

  const auto datum = reader.Decode({"abc", "image/png", ""});

  ASSERT_TRUE(datum.ok()) << datum.status();
  EXPECT_EQ((*datum)->As<graph::Bytes>()->data, "abc");
}

TEST_F(InputReaderTest, AnAbsentValueIsRefused) {
  InputReader reader(/*loaded=*/nullptr);

  EXPECT_EQ(reader.Inline(nullptr).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(InputReaderTest, MoreMissingBytesThanTheLimitAreRefused) {
  InputReader reader(/*loaded=*/nullptr);
  const auto blob = [](const std::string& name, std::uint64_t size_bytes) {
    return std::make_shared<const graph::Value>(
        graph::Value{graph::BlobRef{Sha256(name), size_bytes}, "", ""});
  };

  EXPECT_TRUE(reader.Inline(blob("a", graph::kLimits.json_bytes.max)).ok());
  EXPECT_EQ(reader.Inline(blob("b", 1)).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace orrery::engine
