#include "base/checksum.h"

#include <string>

#include "gtest/gtest.h"

namespace orrery {
namespace {

// Vectors of RFC 3720, appendix B.4.
TEST(ChecksumTest, Crc32cOfKnownBytes) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
}

TEST(ChecksumTest, PiecesGiveTheChecksumOfTheWhole) {
  EXPECT_EQ(ExtendCrc32c(Crc32c("12345678901"), "234567"), Crc32c("12345678901234567"));
}

TEST(ChecksumTest, EverySingleBitFlipIsSeen) {
  const std::string bytes = "a record of some length";
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(Crc32c(flipped), Crc32c(bytes)) << bit;
  }
}

}  // namespace
}  // namespace orrery
