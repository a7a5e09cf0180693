#include "controller/blobs/blob_list.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "controller/blobs/blob_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::blobs {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

TEST(BlobListTest, RootWithoutBlobsHasAnEmptyList) {
  const TempDirectory directory = MakeFastDirectory();

  EXPECT_THAT(ListBlobs(directory.path() + "/none").value(), IsEmpty());
}

TEST(BlobListTest, BlobsAreSortedAndOtherFilesLeftOut) {
  const TempDirectory directory = MakeFastDirectory();
  const BlobStore store = BlobStore::Open({.root = directory.path()}).value();
  std::vector<Digest> stored;
  for (const char* bytes : {"one", "two", "three", "four"}) {
    stored.push_back(store.Put(bytes).value());
  }
  std::ranges::sort(stored);
  const std::string folder = std::filesystem::path(store.Path(stored.front())).parent_path();
  std::ofstream(folder + "/notes.txt") << "no blob";
  // A blob is found in the folder of its first two digits only.
  const std::string other = directory.path() + "/blobs/" + (folder.ends_with("00") ? "01" : "00");
  std::filesystem::create_directories(other);
  std::ofstream(other + "/" + stored.front().ToHex()) << "misplaced";

  EXPECT_THAT(ListBlobs(directory.path()).value(), ElementsAreArray(stored));
}

}  // namespace
}  // namespace orrery::blobs
