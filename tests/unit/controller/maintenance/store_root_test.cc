#include "controller/maintenance/store_root.h"

#include "controller/blobs/blob_store.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::maintenance {
namespace {

TEST(StoreRootTest, BlobsWithoutAJournalAreNoNewStore) {
  const TempDirectory directory = MakeFastDirectory();
  const blobs::BlobStore store = blobs::BlobStore::Open({.root = directory.path()}).value();
  EXPECT_TRUE(CheckRootIsWhole(directory.path()).ok()) << "a root that nothing is in yet";

  store.Put("abc").value();

  EXPECT_EQ(CheckRootIsWhole(directory.path()).code(), absl::StatusCode::kDataLoss);
  EXPECT_FALSE(HasJournal(directory.path()));
}

}  // namespace
}  // namespace orrery::maintenance
