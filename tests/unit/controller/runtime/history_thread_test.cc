#include "controller/runtime/history_thread.h"

#include <vector>

#include "base/mutex.h"
#include "gtest/gtest.h"

namespace orrery::runtime {
namespace {

using engine::WorkflowNumber;

// Counts its scans, and holds each until it is released.
class SlowJournal : public journal::Journal {
 public:
  absl::Status Replay(
      const std::function<absl::Status(journal::Lsn, const engine::Record&)>&) override {
    return absl::OkStatus();
  }
  absl::Status Scan(const std::function<absl::Status(journal::Lsn, const engine::Record&)>& visit)
      const override {
    MutexLock lock(mutex_);
    ++scans_;
    changed_.NotifyAll();
    while (is_held_) changed_.Wait(mutex_);
    return visit(1, engine::Record{.body = engine::WorkflowSubmitted{.number = WorkflowNumber(7)}});
  }
  journal::Lsn Append(std::vector<engine::Record>) override { return 1; }

  void AwaitScan() {
    MutexLock lock(mutex_);
    while (scans_ == 0) changed_.Wait(mutex_);
  }
  void Release() {
    MutexLock lock(mutex_);
    is_held_ = false;
    changed_.NotifyAll();
  }
  int scans() const {
    MutexLock lock(mutex_);
    return scans_;
  }

 private:
  mutable Mutex mutex_;
  mutable CondVar changed_;
  mutable int scans_ GUARDED_BY(mutex_) = 0;
  bool is_held_ GUARDED_BY(mutex_) = true;
};

class NoBlobs : public BlobIo {
 public:
  void Load(const Digest&, std::function<void(absl::StatusOr<std::string>)>) override {}
  void Store(const Digest&, std::shared_ptr<const std::string>,
             std::function<void(absl::Status)>) override {}
  void Check(std::vector<graph::BlobRef>, std::function<void(std::vector<absl::Status>)>) override {
  }
  absl::StatusOr<std::string> LoadNow(const Digest&) override { return std::string(); }
};

class HistoryThreadTest : public ::testing::Test {
 protected:
  void DrainUntil(int answers) {
    while (static_cast<int>(numbers_.size()) < answers) {
      mailbox_.Drain();
    }
  }
  void Load(std::uint64_t number) {
    thread_.Load(WorkflowNumber(number),
                 [this, number](absl::StatusOr<std::shared_ptr<const engine::History>> history) {
                   ASSERT_TRUE(history.ok());
                   EXPECT_EQ((*history)->submitted.has_value(), number == 7);
                   numbers_.push_back(number);
                 });
  }

  SlowJournal journal_;
  NoBlobs blobs_;
  Mailbox mailbox_{[] {}};
  HistoryThread thread_{journal_, blobs_, mailbox_};
  std::vector<std::uint64_t> numbers_;
};

TEST_F(HistoryThreadTest, AllRequestsThatWaitShareOneRead) {
  Load(7);
  journal_.AwaitScan();
  for (int i = 0; i < 500; ++i) Load(7);
  for (std::uint64_t number = 1; number <= 10; ++number) Load(number);
  journal_.Release();

  DrainUntil(511);

  EXPECT_EQ(journal_.scans(), 2);
}

TEST_F(HistoryThreadTest, OneReadCollectsALimitedNumberOfWorkflows) {
  Load(7);
  journal_.AwaitScan();
  for (std::uint64_t number = 0; number <= kHistoriesPerRead.max; ++number) Load(number);
  journal_.Release();

  DrainUntil(static_cast<int>(kHistoriesPerRead.max) + 2);

  EXPECT_EQ(journal_.scans(), 3);
}

}  // namespace
}  // namespace orrery::runtime
