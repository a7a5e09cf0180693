#include "controller/storage/journal_batch.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kRecords = {"first", "", std::string("\0third", 6)};

// A value with its checksum made right again after `bytes` was changed.
std::string Reseal(Lsn key, std::string bytes) {
  bytes.resize(bytes.size() - 4);
  const std::uint32_t checksum = ExtendCrc32c(Crc32c(JournalKey(key)), bytes);
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(checksum >> shift);
  return bytes;
}

TEST(JournalBatchTest, KeysSortLikeNumbersAndRoundTrip) {
  EXPECT_EQ(JournalKey(0x0102), std::string("\0\0\0\0\0\0\1\2", 8));
  EXPECT_LT(JournalKey(255), JournalKey(256));
  EXPECT_EQ(ParseJournalKey(JournalKey(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(ParseJournalKey("short"), std::nullopt);
}

TEST(JournalBatchTest, RecordsComeBackInOrder) {
  const std::string bytes = EncodeBatch(7, kRecords);

  EXPECT_THAT(DecodeBatch(7, bytes).value(),
              ElementsAre("first", "", std::string_view("\0third", 6)));
}

TEST(JournalBatchTest, BytesAreTheDocumentedOnes) {
  const std::string body("\1\0\0\0\1\0\0\0\2\0\0\0ab", 14);
  EXPECT_EQ(EncodeBatch(1, std::vector<std::string>{"ab"}).substr(0, 14), body);
  EXPECT_EQ(EncodeBatch(1, std::vector<std::string>{"ab"}), Reseal(1, body + "crc!"));
}

TEST(JournalBatchTest, EveryFlippedBitIsDataLoss) {
  const std::string bytes = EncodeBatch(7, kRecords);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(DecodeBatch(7, flipped).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
}

TEST(JournalBatchTest, EveryTornValueIsDataLoss) {
  const std::string bytes = EncodeBatch(7, kRecords);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(DecodeBatch(7, bytes.substr(0, length)).status().code(), absl::StatusCode::kDataLoss)
        << length;
  }
}

TEST(JournalBatchTest, ValueUnderAnotherKeyIsDataLoss) {
  EXPECT_EQ(DecodeBatch(8, EncodeBatch(7, kRecords)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(JournalBatchTest, OtherVersionIsRefusedAsSuch) {
  std::string bytes = EncodeBatch(7, kRecords);
  bytes[0] = 2;

  const absl::Status status = DecodeBatch(7, Reseal(7, bytes)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("format version 2, this program reads 1"));
}

// Whoever made these bytes could compute a checksum: lengths are still not trusted.
TEST(JournalBatchTest, WrongLengthsUnderARightChecksumAreDataLoss) {
  const std::string bytes = EncodeBatch(7, kRecords);
  for (std::size_t position = 4; position < 12; ++position) {
    for (const char byte : {'\x00', '\x01', '\x7f', '\xff'}) {
      std::string changed = bytes;
      changed[position] = byte;
      if (changed == bytes) continue;
      EXPECT_EQ(DecodeBatch(7, Reseal(7, changed)).status().code(), absl::StatusCode::kDataLoss)
          << position;
    }
  }
}

TEST(JournalBatchTest, HeaderIsToldFromABatch) {
  EXPECT_TRUE(CheckJournalHeader(EncodeJournalHeader()).ok());
  EXPECT_EQ(CheckJournalHeader(EncodeBatch(0, kRecords)).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CheckJournalHeader("").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace orrery::storage
