#include "base/digest.h"

#include <string>

#include "gtest/gtest.h"

namespace orrery {
namespace {

constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(DigestTest, Sha256OfKnownBytes) {
  EXPECT_EQ(Sha256("abc").ToHex(), kOfAbc);
  EXPECT_EQ(Sha256("").ToHex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  Sha256Stream stream;
  stream.Update("a");
  stream.Update("");
  stream.Update("bc");

  EXPECT_EQ(stream.Finish(), Sha256("abc"));
}

TEST(DigestTest, StreamStartsAnewAfterFinish) {
  Sha256Stream stream;
  stream.Update("something else");
  stream.Finish();

  stream.Update("abc");

  EXPECT_EQ(stream.Finish().ToHex(), kOfAbc);
}

TEST(DigestTest, HexRoundTripsAndOtherTextIsRefused) {
  EXPECT_EQ(Digest::Parse(kOfAbc).value(), Sha256("abc"));
  EXPECT_EQ(Digest::Parse("ba78").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Digest::Parse(std::string(64, 'g')).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(DigestTest, BytesRoundTripAndOtherLengthsAreRefused) {
  EXPECT_EQ(Digest::FromBytes(Sha256("x").ToBytes(), "digest").value(), Sha256("x"));
  EXPECT_EQ(Digest::FromBytes("abc", "digest").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace orrery
