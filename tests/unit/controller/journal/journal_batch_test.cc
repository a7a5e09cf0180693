#include "controller/journal/journal_batch.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/checksum.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kRecords = {"first", "", std::string("\0third", 6)};

const std::vector<Numbered<std::string>> kLeftOver = {{8, "first"}, {11, std::string("\0x", 2)}};
using View = Numbered<std::string_view>;

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

  const Batch batch = DecodeBatch(7, bytes).value();
  EXPECT_EQ(batch.end, 10u);
  EXPECT_THAT(batch.records,
              ElementsAre(View{7, "first"}, View{8, ""}, View{9, std::string_view("\0third", 6)}));
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
  bytes[0] = 3;

  const absl::Status status = DecodeBatch(7, Reseal(7, bytes)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("format version 3, this program reads 1 and 2"));
}

// A writer of corrupt bytes can compute a checksum: lengths are still not trusted.
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

TEST(JournalBatchTest, CompactedRecordsKeepTheirNumbers) {
  const std::string bytes = EncodeCompactedBatch(7, 15, kLeftOver);
  const Batch batch = DecodeBatch(7, bytes).value();
  EXPECT_EQ(batch.end, 15u);
  EXPECT_THAT(batch.records, ElementsAre(View{8, "first"}, View{11, std::string_view("\0x", 2)}));

  const Batch empty = DecodeBatch(7, EncodeCompactedBatch(7, 15, {})).value();
  EXPECT_EQ(empty.end, 15u);
  EXPECT_THAT(empty.records, IsEmpty());
}

TEST(JournalBatchTest, CompactedBytesAreTheDocumentedOnes) {
  const std::string body("\2\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0ab", 30);
  const std::vector<Numbered<std::string>> records = {{2, "ab"}};
  EXPECT_EQ(EncodeCompactedBatch(1, 4, records), Reseal(1, body + "crc!"));
}

TEST(JournalBatchTest, EveryFlippedBitAndEveryTornCompactedValueIsDataLoss) {
  const std::string bytes = EncodeCompactedBatch(7, 15, kLeftOver);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(DecodeBatch(7, flipped).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_EQ(DecodeBatch(7, bytes.substr(0, length)).status().code(), absl::StatusCode::kDataLoss)
        << length;
  }
}

TEST(JournalBatchTest, CompactedNumbersThatCannotBeAreDataLoss) {
  const auto code_of = [](Lsn end, std::vector<Numbered<std::string>> records) {
    return DecodeBatch(7, EncodeCompactedBatch(1, end, records)).status().code();
  };
  const auto under_its_key = [&](Lsn end, std::vector<Numbered<std::string>> records) {
    std::string bytes = EncodeCompactedBatch(1, end, records);
    return DecodeBatch(7, Reseal(7, bytes)).status().code();
  };
  EXPECT_EQ(code_of(9, {{8, "a"}}), absl::StatusCode::kDataLoss) << "another key";
  EXPECT_EQ(under_its_key(9, {{8, "a"}}), absl::StatusCode::kOk);
  EXPECT_EQ(under_its_key(9, {{9, "a"}}), absl::StatusCode::kDataLoss) << "beyond the end";
  EXPECT_EQ(under_its_key(9, {{6, "a"}}), absl::StatusCode::kDataLoss) << "before the first";
  EXPECT_EQ(under_its_key(9, {{8, "a"}, {8, "b"}}), absl::StatusCode::kDataLoss) << "twice";
  EXPECT_EQ(under_its_key(7, {}), absl::StatusCode::kDataLoss) << "about nothing";
}

TEST(JournalBatchTest, HeaderIsToldFromABatch) {
  EXPECT_THAT(DecodeJournalHeader(EncodeJournalHeader())->removing, IsEmpty());
  EXPECT_EQ(DecodeJournalHeader(EncodeBatch(0, kRecords)).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeJournalHeader("").status().code(), absl::StatusCode::kDataLoss);
}

TEST(JournalBatchTest, HeaderNamesTheWorkflowsThatAreBeingRemoved) {
  const engine::WorkflowNumber five(5);
  const engine::WorkflowNumber seven(7);

  EXPECT_THAT(DecodeJournalHeader(EncodeJournalHeader({.removing = {five, seven}}))->removing,
              ElementsAre(five, seven));
  EXPECT_EQ(DecodeJournalHeader(EncodeJournalHeader({.removing = {seven, five}})).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace orrery::journal
