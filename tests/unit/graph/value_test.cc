#include "graph/value.h"

#include <string>

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(ValueTest, SharedBytesAreInline) {
  const SharedBytes bytes(std::string("bytes"));

  const Value value = BytesValue(bytes);

  EXPECT_TRUE(value.is_inline());
  EXPECT_EQ(value.bytes().data(), bytes.data());
  EXPECT_EQ(value.size_bytes(), 5u);
  EXPECT_EQ(ContentDigest(value), Sha256("bytes"));
}

TEST(ValueTest, InlineBytesAreEqualWhetherTheyAreSharedOrNot) {
  EXPECT_EQ(BytesValue("bytes"), BytesValue(SharedBytes(std::string("bytes"))));
  EXPECT_NE(BytesValue("bytes"), BytesValue(SharedBytes(std::string("others"))));
  EXPECT_NE(BytesValue("1"), JsonValue("1"));
}

TEST(ValueTest, ABlobIsEqualToABlobOnly) {
  const BlobRef blob{.digest = Sha256("bytes"), .size_bytes = 5};
  const Value value{blob, std::string(kMediaTypeBytes), "bytes"};

  EXPECT_EQ(value, (Value{blob, std::string(kMediaTypeBytes), "bytes"}));
  EXPECT_NE(value, BytesValue("bytes"));
}

TEST(ValueTest, OnlyOwnBytesAreCopiedToBeShared) {
  const Value own = BytesValue("bytes");
  const Value shared = BytesValue(SharedBytesOf(own));

  EXPECT_NE(shared.bytes().data(), own.bytes().data());
  EXPECT_EQ(SharedBytesOf(shared).data(), shared.bytes().data());
}

}  // namespace
}  // namespace orrery::graph
