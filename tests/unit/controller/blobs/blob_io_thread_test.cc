#include "controller/blobs/blob_io_thread.h"

#include <future>
#include <memory>
#include <utility>

#include "base/file.h"
#include "gtest/gtest.h"

namespace orrery::blobs {
namespace {

// As with the checkpoint tree: what an answer holds must not end on the thread that reads.
TEST(BlobIoThreadTest, AnswerIsHeldByTheLoopAloneOncePosted) {
  const TempDirectory directory = TempDirectory::Create().value();
  const auto store = BlobStore::Open({.root = directory.path()});
  ASSERT_TRUE(store.ok()) << store.status();
  std::promise<void> posted;
  runtime::Mailbox mailbox([&] { posted.set_value(); });
  BlobIoThread thread(*store, mailbox, /*bytes_max=*/1);
  auto call = std::make_shared<int>(0);
  const std::weak_ptr<int> watched = call;

  thread.Load(Digest{}, [call = std::move(call)](const absl::StatusOr<std::string>& bytes) {
    *call = bytes.ok() ? 1 : 2;
  });
  posted.get_future().wait();

  EXPECT_EQ(watched.use_count(), 1);
  EXPECT_EQ(mailbox.Drain(), 1u);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace orrery::blobs
