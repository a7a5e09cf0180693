// A first start that is cut short at any operation of RocksDB: nothing acknowledged is lost, and
// the next start needs nobody's help.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "controller/journal/rocksdb_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/controller/fast_directory.h"
#include "tests/unit/controller/journal/crashing_disk.h"
#include "tests/unit/controller/journal/test_records.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class RocksDbJournalCrashTest : public ::testing::TestWithParam<CrashLoss> {};

// Makes a journal and appends a record. Returns whether that was acknowledged.
bool AppendFirstRecord(const std::string& path, rocksdb::Env* env) {
  bool is_acknowledged = false;
  {
    const auto journal = RocksDbJournal::Open({.path = path, .env = env},
                                              {.on_durable = [&](Lsn) { is_acknowledged = true; }});
    if (!journal.ok() || !ReplayNumbers(**journal).ok()) return false;
    (*journal)->Append(NumberedRecords(1, 1));
  }
  return is_acknowledged;
}

TEST_P(RocksDbJournalCrashTest, FirstStartCutShortAnywhereIsRepeated) {
  bool is_complete = false;
  int operations = 0;
  for (; !is_complete; ++operations) {
    const TempDirectory directory = MakeFastDirectory();
    const std::string path = directory.path() + "/journal";
    std::filesystem::create_directory(directory.path() + "/deleted");
    CrashingDisk disk(operations, directory.path() + "/deleted");
    const bool is_acknowledged = AppendFirstRecord(path, disk.MakeEnv().get());
    is_complete = !disk.has_failed();
    disk.Crash(GetParam());

    const auto journal = RocksDbJournal::Open({.path = path}, {});

    ASSERT_TRUE(journal.ok()) << operations << ": " << journal.status();
    const auto numbers = ReplayNumbers(**journal);
    ASSERT_TRUE(numbers.ok()) << operations << ": " << numbers.status();
    if (is_acknowledged) {
      EXPECT_THAT(*numbers, ElementsAre(1)) << operations;
    } else {
      EXPECT_THAT(*numbers, SizeIs(::testing::Le(1))) << operations;
    }
    EXPECT_TRUE(is_acknowledged || !is_complete);
  }
  EXPECT_GT(operations, 20);
}

INSTANTIATE_TEST_SUITE_P(Losses, RocksDbJournalCrashTest,
                         ::testing::Values(CrashLoss::kNothing, CrashLoss::kData,
                                           CrashLoss::kDataAndNames),
                         [](const auto& loss) {
                           switch (loss.param) {
                             case CrashLoss::kNothing:
                               return "Process";
                             case CrashLoss::kData:
                               return "Data";
                             case CrashLoss::kDataAndNames:
                               return "DataAndNames";
                           }
                           return "";
                         });

}  // namespace
}  // namespace orrery::journal
