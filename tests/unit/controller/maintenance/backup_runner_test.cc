#include "controller/maintenance/backup_runner.h"

#include <filesystem>
#include <memory>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::maintenance {
namespace {

using ::testing::HasSubstr;

class BackupRunnerTest : public ::testing::Test {
 protected:
  BackupRunnerTest() {
    std::filesystem::create_directory(root_);
    journal_ = journal::RocksDbJournal::Open({.path = root_ + "/journal"}, {}).value();
    backups_.emplace(*journal_, root_, clock_, gate_);
  }
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }

  TempDirectory directory_ = TempDirectory::Create().value();
  const std::string root_ = directory_.path() + "/root";
  SystemClock clock_;
  StoreGate gate_;
  std::unique_ptr<journal::RocksDbJournal> journal_;
  std::optional<BackupRunner> backups_;
};

TEST_F(BackupRunnerTest, SecondBackupAtATimeIsRefusedWithTheFirst) {
  absl::Status second;

  const auto first = backups_->Create(Path("first"), [&] {
    second = backups_->Create(Path("second"), [] { return false; }).status();
    return false;
  });

  EXPECT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.message()), HasSubstr(Path("first")));
  EXPECT_TRUE(backups_->Create(Path("second"), [] { return false; }).ok());
}

TEST_F(BackupRunnerTest, FailureIsNoReasonToRefuseTheNext) {
  EXPECT_FALSE(backups_->Create(Path("none/first"), [] { return false; }).ok());

  EXPECT_TRUE(backups_->Create(Path("first"), [] { return false; }).ok());
}

}  // namespace
}  // namespace orrery::maintenance
