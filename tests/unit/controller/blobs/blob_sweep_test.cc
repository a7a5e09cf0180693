#include "controller/blobs/blob_sweep.h"

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/stat.h>

#include "absl/time/clock.h"
#include "base/blob_layout.h"
#include "base/blob_writer.h"
#include "controller/blobs/blob_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::blobs {
namespace {

class BlobSweepTest : public ::testing::Test {
 protected:
  Digest Put(const std::string& bytes, absl::Duration age) {
    const Digest blob = store_.Put(bytes).value();
    SetAge(store_.Path(blob), age);
    return blob;
  }
  static void SetAge(const std::string& path, absl::Duration age) {
    const timespec time = absl::ToTimespec(absl::Now() - age);
    const timespec times[] = {time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  SweepRequest Request() const {
    return {.root = directory_.path(),
            .needed = {},
            .now = absl::Now(),
            .grace = absl::Hours(24),
            .is_cancelled = [] { return false; }};
  }
  std::string Temporary(const std::string& name) const {
    return BlobTemporaryDirectory(directory_.path()) + "/" + name;
  }

  TempDirectory directory_ = MakeFastDirectory();
  BlobStore store_ = BlobStore::Open({.root = directory_.path()}).value();
};

TEST_F(BlobSweepTest, OldBlobsThatNothingRefersToGo) {
  const Digest needed = Put("needed", absl::Hours(100));
  const Digest old = Put("old!", absl::Hours(25));
  const Digest young = Put("young", absl::Hours(23));
  SweepRequest request = Request();
  request.needed = {needed};

  const SweepReport report = SweepBlobs(request).value();

  EXPECT_EQ(report.removed, 1u);
  EXPECT_EQ(report.removed_bytes, 4u);
  EXPECT_EQ(report.kept, 2u);
  EXPECT_FALSE(store_.Contains(old));
  EXPECT_TRUE(store_.Contains(needed));
  EXPECT_TRUE(store_.Contains(young));
}

TEST_F(BlobSweepTest, ADryRunRemovesNothing) {
  const Digest old = Put("old", absl::Hours(25));
  SweepRequest request = Request();
  request.is_dry_run = true;

  EXPECT_EQ(SweepBlobs(request)->removed, 1u);

  EXPECT_TRUE(store_.Contains(old));
}

TEST_F(BlobSweepTest, ABlobOfTheFutureStays) {
  const Digest blob = Put("from a clock that was set back", -absl::Hours(1000));

  EXPECT_EQ(SweepBlobs(Request())->removed, 0u);

  EXPECT_TRUE(store_.Contains(blob));
}

TEST_F(BlobSweepTest, WhoWritesTheSameBytesAgainMakesItYoung) {
  const Digest blob = Put("again", absl::Hours(25));
  ASSERT_EQ(store_.Put("again").value(), blob);

  EXPECT_EQ(SweepBlobs(Request())->removed, 0u);

  SetAge(store_.Path(blob), absl::Hours(25));
  ASSERT_TRUE(store_.Renew(blob));
  EXPECT_EQ(SweepBlobs(Request())->removed, 0u);
}

TEST_F(BlobSweepTest, WhatIsNotThereCannotBeRenewed) {
  EXPECT_FALSE(store_.Renew(Sha256("nowhere")));
}

TEST_F(BlobSweepTest, GivenUpItLeavesTheRest) {
  Put("one", absl::Hours(25));
  Put("two", absl::Hours(25));
  int asked = 0;
  SweepRequest request = Request();
  request.is_cancelled = [&] { return ++asked > 1; };

  EXPECT_TRUE(absl::IsCancelled(SweepBlobs(request).status()));

  EXPECT_EQ(SweepBlobs(Request())->removed, 1u);
}

TEST_F(BlobSweepTest, ABlobThatWasMovedAwayWhenTheControllerDiedIsBackWhenItStarts) {
  const Digest blob = Put("between", absl::Hours(25));
  ASSERT_EQ(std::rename(store_.Path(blob).c_str(), Temporary("condemned." + blob.ToHex()).c_str()),
            0);
  ASSERT_FALSE(store_.Contains(blob));

  ASSERT_TRUE(BlobStore::Open({.root = directory_.path()}).ok());

  EXPECT_TRUE(store_.Contains(blob));
}

TEST_F(BlobSweepTest, TemporariesOfDeadWritersGo) {
  for (const char* name : {"worker.1", "worker.2", "controller.3"}) {
    ASSERT_TRUE(WriteFileAtomically(Temporary(name), "half", Sync::kNone).ok());
  }
  SetAge(Temporary("worker.1"), absl::Hours(25));

  EXPECT_EQ(RemoveTemporaries(directory_.path(), "").value(), 1u);
  EXPECT_FALSE(std::filesystem::exists(Temporary("worker.1")));
  EXPECT_EQ(RemoveTemporaries(directory_.path(), "controller.").value(), 1u);
  EXPECT_TRUE(std::filesystem::exists(Temporary("worker.2")));
}

}  // namespace
}  // namespace orrery::blobs
