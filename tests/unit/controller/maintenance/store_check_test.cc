#include "controller/maintenance/store_check.h"

#include <memory>
#include <string>

#include "base/blob_layout.h"
#include "controller/blobs/blob_store.h"
#include "controller/maintenance/store_root.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/maintenance/store_fixture.h"

namespace orrery::maintenance {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreCheckTest : public StoreFixture {};

TEST_F(StoreCheckTest, SoundStoreIsCounted) {
  WriteJournal({Started(1), Submitted(), Started(2)});

  const StoreReport report = CheckStore({.root = Root()}).value();

  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.records, 3u);
  EXPECT_EQ(report.acknowledged, 3u);
  EXPECT_EQ(report.epoch, 2u);
  EXPECT_EQ(report.workflows, 1u);
  EXPECT_EQ(report.running, 1u);
}

// Whole in every byte, and yet no controller has written it.
TEST_F(StoreCheckTest, RecordThatDoesNotFollowIsAProblemAndOnlyTheFirstOfThem) {
  WriteJournal({Started(7), Started(7), Started(8)});

  const StoreReport report = CheckStore({.root = Root()}).value();

  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_EQ(report.problems[0].record, 2u);
  EXPECT_THAT(report.problems[0].what, HasSubstr("epoch 7 after epoch 7"));
}

TEST_F(StoreCheckTest, BlobsAreLookedAtOnceAndReadWhenAsked) {
  const blobs::BlobStore store = blobs::BlobStore::Open({.root = Root()}).value();
  const Digest digest = store.Put("abc").value();
  WriteJournal({Started(1), Submitted({"abc", "abc"})});

  EXPECT_TRUE(CheckStore({.root = Root()})->is_sound());
  EXPECT_EQ(CheckStore({.root = Root()})->blobs, 1u);
  Overwrite(BlobPath(Root(), digest), "abX");
  EXPECT_TRUE(CheckStore({.root = Root()})->is_sound());
  const StoreReport report =
      CheckStore({.root = Root(), .blobs = blobs::BlobCheck::kDigest}).value();
  ASSERT_THAT(report.problems, SizeIs(1));
  EXPECT_EQ(report.problems[0].record, 2u);
  EXPECT_THAT(report.problems[0].what, HasSubstr("the submission of workflow"));
  EXPECT_THAT(report.problems[0].advice, HasSubstr("submit the workflow again"));
}

TEST_F(StoreCheckTest, ProblemsBeyondTheLimitAreCounted) {
  WriteJournal({Started(1), Submitted({"a", "b", "c"})});

  const StoreReport report = CheckStore({.root = Root(), .problems_max = 2}).value();

  EXPECT_THAT(report.problems, SizeIs(2));
  EXPECT_EQ(report.problems_left_off, 1u);
}

TEST_F(StoreCheckTest, StoreInUseAndStoreThatIsNoneAreErrors) {
  EXPECT_EQ(CheckStore({.root = Root()}).status().code(), absl::StatusCode::kNotFound);
  const auto journal = journal::RocksDbJournal::Open({.path = JournalPath(Root())}, {}).value();

  EXPECT_EQ(CheckStore({.root = Root()}).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace orrery::maintenance
