#include "base/hex.h"

#include <array>

#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(HexTest, RoundTrips) {
  const std::array<std::uint8_t, 3> bytes = {0x00, 0x7f, 0xff};
  std::array<std::uint8_t, 3> decoded{};

  EXPECT_EQ(HexEncode(bytes), "007fff");
  EXPECT_TRUE(HexDecode("007FfF", decoded));
  EXPECT_EQ(decoded, bytes);
}

TEST(HexTest, OtherLengthsAndCharactersAreRefused) {
  std::array<std::uint8_t, 2> bytes{};

  EXPECT_FALSE(HexDecode("000", bytes));
  EXPECT_FALSE(HexDecode("00000", bytes));
  EXPECT_FALSE(HexDecode("00 0", bytes));
  EXPECT_FALSE(HexDecode("0x00", bytes));
}

TEST(HexTest, BytesAreCopiedIfThereAreAsManyAsNeeded) {
  std::array<std::uint8_t, 2> bytes{};

  EXPECT_TRUE(CopyBytes("\x01\xff", "key", bytes).ok());
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 2>{0x01, 0xff}));
  EXPECT_EQ(CopyBytes("abc", "key", bytes),
            absl::InvalidArgumentError("key has 3 bytes, it needs 2"));
}

}  // namespace
}  // namespace orrery
