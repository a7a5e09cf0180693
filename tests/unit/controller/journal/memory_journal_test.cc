#include "controller/journal/memory_journal.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/journal/test_records.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MemoryJournalTest : public ::testing::Test {
 protected:
  MemoryJournalTest() { EXPECT_THAT(ReplayNumbers(journal_).value(), IsEmpty()); }

  std::vector<Lsn> durable_;
  std::vector<absl::Status> failures_;
  MemoryJournal journal_{
      {.on_durable = [this](Lsn lsn) { durable_.push_back(lsn); },
       .on_failure = [this](absl::Status status) { failures_.push_back(std::move(status)); }}};
};

TEST_F(MemoryJournalTest, NothingIsDurableUntilTheDiskSaysSo) {
  EXPECT_EQ(journal_.Append(NumberedRecords(1, 2)), 2u);
  EXPECT_EQ(journal_.Append(NumberedRecords(3, 1)), 3u);
  EXPECT_THAT(durable_, IsEmpty());

  journal_.DurableUpTo(2);
  journal_.DurableUpTo(1);
  journal_.Sync();
  journal_.Sync();

  EXPECT_THAT(durable_, ElementsAre(2, 3));
}

TEST_F(MemoryJournalTest, WhatIsCompactedKeepsItsNumbersAndComesBackWithWhatIsLost) {
  journal_.Append(NumberedRecords(1, 4));
  journal_.DurableUpTo(4);
  const auto numbers = [this] {
    std::vector<Lsn> lsns;
    EXPECT_TRUE(journal_
                    .Scan([&](Lsn lsn, const engine::Record&) {
                      lsns.push_back(lsn);
                      return absl::OkStatus();
                    })
                    .ok());
    return lsns;
  };

  journal_.Compact(3, {});
  EXPECT_THAT(numbers(), ElementsAre(3, 4));
  EXPECT_EQ(journal_.last_lsn(), 4u);
  journal_.CrashKeeping(3);
  EXPECT_THAT(numbers(), ElementsAre(3));
  journal_.CrashKeeping(2);
  EXPECT_THAT(numbers(), ElementsAre(1, 2));
}

TEST_F(MemoryJournalTest, CrashKeepsExactlyWhatWasDurable) {
  journal_.Append(NumberedRecords(1, 3));
  journal_.DurableUpTo(2);

  journal_.Crash();

  EXPECT_THAT(ReplayNumbers(journal_).value(), ElementsAre(1, 2));
  EXPECT_EQ(journal_.Append(NumberedRecords(9, 1)), 3u);
}

TEST_F(MemoryJournalTest, CrashKeepsAsManyAsItIsTold) {
  journal_.Append(NumberedRecords(1, 4));
  journal_.DurableUpTo(2);

  journal_.CrashKeeping(3);
  EXPECT_THAT(ReplayNumbers(journal_).value(), ElementsAre(1, 2, 3));
  EXPECT_EQ(journal_.durable_lsn(), 3u);

  journal_.CrashKeeping(1);
  EXPECT_THAT(ReplayNumbers(journal_).value(), ElementsAre(1));
}

TEST_F(MemoryJournalTest, NothingIsDurableAfterAFailureUntilTheNextOwner) {
  journal_.Append(NumberedRecords(1, 1));

  journal_.Fail(absl::ResourceExhaustedError("full"));
  journal_.Fail(absl::ResourceExhaustedError("full"));
  journal_.Sync();

  EXPECT_THAT(failures_, ElementsAre(absl::ResourceExhaustedError("full")));
  EXPECT_THAT(durable_, IsEmpty());
  journal_.Crash();
  EXPECT_THAT(ReplayNumbers(journal_).value(), IsEmpty());
}

TEST_F(MemoryJournalTest, VisitorsErrorEndsTheReplay) {
  journal_.Append(NumberedRecords(1, 3));
  journal_.Sync();
  journal_.Crash();
  int visits = 0;

  const absl::Status status = journal_.Replay([&visits](Lsn, const engine::Record&) {
    return ++visits == 2 ? absl::InternalError("no") : absl::OkStatus();
  });

  EXPECT_EQ(status, absl::InternalError("no"));
  EXPECT_EQ(visits, 2);
}

}  // namespace
}  // namespace orrery::journal
