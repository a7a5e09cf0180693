#include "controller/journal/journal_end.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::journal {
namespace {

using ::testing::HasSubstr;

TEST(JournalEndTest, BytesAreThoseOfTheDocument) {
  EXPECT_EQ(EncodeJournalEnd(0x0102), std::string("\x01\0\0\0\x02\x01\0\0\0\0\0\0", 12) +
                                          EncodeJournalEnd(0x0102).substr(12));
  EXPECT_EQ(EncodeJournalEnd(1).size(), 16u);
  EXPECT_EQ(DecodeJournalEnd(EncodeJournalEnd(0x0102)).value(), 0x0102u);
}

TEST(JournalEndTest, EveryFlippedByteIsDataLoss) {
  const std::string bytes = EncodeJournalEnd(77);
  for (std::size_t position = 0; position < bytes.size(); ++position) {
    std::string damaged = bytes;
    damaged[position] = static_cast<char>(damaged[position] ^ 1);
    EXPECT_EQ(DecodeJournalEnd(damaged).status().code(), absl::StatusCode::kDataLoss) << position;
  }
  EXPECT_EQ(DecodeJournalEnd(bytes.substr(1)).status().code(), absl::StatusCode::kDataLoss);
}

TEST(JournalEndTest, WhatIsWrittenIsFoundAgain) {
  const TempDirectory directory = MakeFastDirectory();
  const std::string journal = directory.path() + "/journal";
  EXPECT_EQ(ReadJournalEnd(journal).value(), std::nullopt);
  {
    JournalEnd end = JournalEnd::Open(journal, Sync::kNone).value();
    EXPECT_EQ(end.value(), 0u);
    ASSERT_TRUE(end.Write(5).ok());
    ASSERT_TRUE(end.Write(6).ok());
  }

  EXPECT_EQ(ReadJournalEnd(journal).value(), 6u);
  EXPECT_EQ(JournalEnd::Open(journal, Sync::kNone).value().value(), 6u);
}

TEST(JournalEndTest, BeforeTheFirstRecordThereIsNone) {
  const TempDirectory directory = MakeFastDirectory();
  const std::string journal = directory.path() + "/journal";

  JournalEnd end = JournalEnd::Open(journal, Sync::kNone).value();

  EXPECT_TRUE(end.SyncNow().ok());
  EXPECT_EQ(ReadJournalEnd(journal).value(), std::nullopt);
}

TEST(JournalEndTest, OnlyAnEndBeforeItIsALoss) {
  EXPECT_TRUE(CheckJournalEnd("j", 5, 5).ok());
  EXPECT_TRUE(CheckJournalEnd("j", 6, 5).ok());
  EXPECT_EQ(CheckJournalEnd("j", 4, 5).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace orrery::journal
