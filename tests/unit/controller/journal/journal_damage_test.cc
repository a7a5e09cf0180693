// A journal with damaged files is rejected, or has all its acknowledged records. The tests damage
// real files.
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/mutex.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/journal_end.h"
#include "controller/journal/journal_reader.h"
#include "controller/journal/rocksdb_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "tests/unit/controller/fast_directory.h"
#include "tests/unit/controller/journal/test_records.h"

namespace orrery::journal {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t kRecords = 12;

class JournalDamageTest : public ::testing::TestWithParam<Durability> {
 protected:
  std::string Path() const { return directory_.path() + "/journal"; }

  // As a controller that was killed leaves it: all acknowledged, one by one, everything in the log.
  void WriteRecords() {
    Mutex mutex;
    CondVar changed;
    Lsn durable = 0;
    const auto journal = RocksDbJournal::Open({.path = Path(), .durability = GetParam()},
                                              {.on_durable =
                                                   [&](Lsn lsn) {
                                                     MutexLock lock(mutex);
                                                     durable = lsn;
                                                     changed.NotifyAll();
                                                   }})
                             .value();
    ASSERT_TRUE(ReplayNumbers(*journal).ok());
    for (Lsn i = 1; i <= kRecords; ++i) {
      journal->Append(NumberedRecords(i, 1));
      MutexLock lock(mutex);
      while (durable < i) changed.Wait(mutex);
    }
  }
  // Moves what is in the log to a table.
  void Flush() { ASSERT_TRUE(OpenDatabase()->Flush({}).ok()); }
  // The database as such, for changing what the journal would never change.
  std::unique_ptr<rocksdb::DB> OpenDatabase() const {
    rocksdb::DB* opened = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open({}, Path(), &opened).ok());
    return std::unique_ptr<rocksdb::DB>(opened);
  }
  std::string FindFile(const std::string& extension) const {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(Path())) {
      if (entry.path().extension() != extension) continue;
      if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
    }
    return largest.string();
  }
  static std::string Read(const std::string& path) { return ReadFile(path, 1 << 30).value(); }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  // On a copy, so that every damage is done to the same journal.
  absl::StatusOr<std::vector<std::uint64_t>> ReplayCopy(
      const std::function<void(const std::string& journal)>& damage) {
    const TempDirectory copy = MakeFastDirectory();
    fs::copy(directory_.path(), copy.path(), fs::copy_options::recursive);
    damage(copy.path() + "/journal");
    auto journal =
        RocksDbJournal::Open({.path = copy.path() + "/journal", .durability = GetParam()}, {});
    if (!journal.ok()) return journal.status();
    return ReplayNumbers(**journal);
  }
  // The report of a reader that goes on after every problem.
  struct Reading {
    Lsn last = 0;
    std::vector<Lsn> good;
    std::vector<Lsn> bad;
  };
  Reading ReadAll() const {
    Reading reading;
    const auto on_record = [&](Lsn lsn, const engine::Record&) {
      reading.good.push_back(lsn);
      return absl::OkStatus();
    };
    const auto on_problem = [&](Lsn lsn, const absl::Status&) {
      reading.bad.push_back(lsn);
      return absl::OkStatus();
    };
    reading.last = JournalReader::Open(Path())
                       ->Read({.on_record = on_record, .on_problem = on_problem})
                       .value();
    return reading;
  }
  std::string NameOf(const std::string& extension) const {
    return fs::path(FindFile(extension)).filename().string();
  }

  TempDirectory directory_ = MakeFastDirectory();
};

std::vector<std::uint64_t> AllNumbers() {
  std::vector<std::uint64_t> numbers(kRecords);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

// RocksDB itself says nothing of most of these: a cut log looks like an unfinished write.
TEST_P(JournalDamageTest, LogCutAnywhereIsDataLoss) {
  WriteRecords();
  const std::string log = NameOf(".log");

  for (std::uint64_t length = 0; length < fs::file_size(FindFile(".log")); length += 5) {
    const absl::Status status = ReplayCopy([&](const std::string& journal) {
                                  fs::resize_file(journal + "/" + log, length);
                                }).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << length << ": " << status;
  }
}

// Lengths in the last block of the log are the bytes that no checksum of RocksDB covers in time.
TEST_P(JournalDamageTest, FlippedByteInTheLogIsDataLossOrNoLoss) {
  WriteRecords();
  const std::string log = NameOf(".log");
  const std::string bytes = Read(FindFile(".log"));

  for (std::size_t position = 0; position < bytes.size(); position += 3) {
    const auto numbers = ReplayCopy([&](const std::string& journal) {
      std::string damaged = bytes;
      damaged[position] = static_cast<char>(damaged[position] ^ 0x40);
      Write(journal + "/" + log, damaged);
    });
    if (numbers.ok()) {
      EXPECT_EQ(*numbers, AllNumbers()) << position;
    } else {
      EXPECT_EQ(numbers.status().code(), absl::StatusCode::kDataLoss) << position;
    }
  }
}

// The process died in the middle of the last write, before it was acknowledged.
TEST_P(JournalDamageTest, UnacknowledgedTailOfTheLogIsDiscarded) {
  WriteRecords();
  const std::string log = NameOf(".log");

  const auto numbers = ReplayCopy([&](const std::string& journal) {
    Write(JournalEndPath(journal), EncodeJournalEnd(kRecords - 1));
    fs::resize_file(journal + "/" + log, fs::file_size(journal + "/" + log) - 3);
  });

  std::vector<std::uint64_t> expected = AllNumbers();
  expected.pop_back();
  EXPECT_EQ(numbers.value(), expected);
}

TEST_P(JournalDamageTest, LostRecordsAreCountedAndTheWayOutIsTold) {
  WriteRecords();
  const std::string log = NameOf(".log");

  const absl::Status status =
      ReplayCopy([&](const std::string& journal) {
        fs::resize_file(journal + "/" + log, fs::file_size(journal + "/" + log) - 3);
      }).status();

  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("ends with record 11, but record 12 was acknowledged"));
  EXPECT_THAT(message, HasSubstr("1 records are lost"));
  EXPECT_THAT(message, HasSubstr("journal_end to go on without them"));
}

TEST_P(JournalDamageTest, MissingFilesAreDataLoss) {
  WriteRecords();
  Flush();

  for (const std::string& name : {NameOf(".sst"), std::string("CURRENT")}) {
    const absl::Status status =
        ReplayCopy([&](const std::string& journal) { fs::remove(journal + "/" + name); }).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << name << ": " << status;
  }
}

// As an unsynced creation could look after a power cut, but records were acknowledged.
TEST_P(JournalDamageTest, EmptyCurrentOrManifestIsDataLoss) {
  WriteRecords();

  for (const std::string_view start : {"CURRENT", "MANIFEST-"}) {
    const absl::Status status = ReplayCopy([&](const std::string& journal) {
                                  for (const auto& entry : fs::directory_iterator(journal)) {
                                    const std::string name = entry.path().filename().string();
                                    if (name.starts_with(start)) fs::resize_file(entry.path(), 0);
                                    if (name.ends_with(".log")) fs::remove(entry.path());
                                  }
                                }).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << start << ": " << status;
  }
}

TEST_P(JournalDamageTest, MissingLogIsDataLoss) {
  WriteRecords();
  const std::string log = NameOf(".log");

  const absl::Status status =
      ReplayCopy([&](const std::string& journal) { fs::remove(journal + "/" + log); }).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST_P(JournalDamageTest, MissingJournalIsDataLossNotANewOne) {
  WriteRecords();

  const absl::Status status =
      ReplayCopy([](const std::string& journal) { fs::remove_all(journal); }).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST_P(JournalDamageTest, CutTableIsDataLoss) {
  WriteRecords();
  Flush();
  const std::string table = NameOf(".sst");

  for (const std::uint64_t kept : {0, 100, 700}) {
    const absl::Status status = ReplayCopy([&](const std::string& journal) {
                                  fs::resize_file(journal + "/" + table, kept);
                                }).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << kept << ": " << status;
  }
}

TEST_P(JournalDamageTest, FlippedByteInATableIsDataLossOrNoLoss) {
  WriteRecords();
  Flush();
  const std::string table = NameOf(".sst");
  const std::string bytes = Read(FindFile(".sst"));

  for (std::size_t position = 0; position < bytes.size(); position += 11) {
    const auto numbers = ReplayCopy([&](const std::string& journal) {
      std::string damaged = bytes;
      damaged[position] = static_cast<char>(damaged[position] ^ 0x40);
      Write(journal + "/" + table, damaged);
    });
    if (numbers.ok()) {
      EXPECT_EQ(*numbers, AllNumbers()) << position;
    } else {
      EXPECT_THAT(std::string(numbers.status().message()), Not(IsEmpty())) << position;
    }
  }
}

TEST_P(JournalDamageTest, DamagedEndIsRefusedWithTheFileAndTheWayOut) {
  WriteRecords();

  const absl::Status status = ReplayCopy([](const std::string& journal) {
                                std::string bytes = EncodeJournalEnd(3);
                                bytes[5] = 1;
                                Write(JournalEndPath(journal), bytes);
                              }).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("journal_end has checksum"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("remove this file"));
}

// A store from before there was an end, or one whose end was removed to go on.
TEST_P(JournalDamageTest, MissingEndIsMadeAgain) {
  WriteRecords();

  const auto numbers =
      ReplayCopy([](const std::string& journal) { fs::remove(JournalEndPath(journal)); });

  EXPECT_EQ(numbers.value(), AllNumbers());
}

TEST_P(JournalDamageTest, ReaderNamesEveryProblemAndGoesOn) {
  WriteRecords();
  {
    const std::unique_ptr<rocksdb::DB> db = OpenDatabase();
    ASSERT_TRUE(db->Put({}, JournalKey(2), "nonsense").ok());
    ASSERT_TRUE(db->Delete({}, JournalKey(5)).ok());
  }
  Write(JournalEndPath(Path()), EncodeJournalEnd(kRecords + 3));

  const Reading reading = ReadAll();

  EXPECT_EQ(reading.last, kRecords);
  EXPECT_THAT(reading.good, ElementsAre(1, 3, 4, 6, 7, 8, 9, 10, 11, 12));
  EXPECT_THAT(reading.bad, ElementsAre(2, 5, 13));
}

TEST_P(JournalDamageTest, DamagedLastEntryIsOneProblem) {
  WriteRecords();
  ASSERT_TRUE(OpenDatabase()->Put({}, JournalKey(kRecords), "nonsense").ok());

  const Reading reading = ReadAll();

  EXPECT_EQ(reading.last, kRecords);
  EXPECT_THAT(reading.bad, ElementsAre(kRecords));
}

TEST_P(JournalDamageTest, EntryInADamagedBlockOfATableIsAProblem) {
  WriteRecords();
  {
    // Neither is a record. Each is larger than a block: the last one has a block of its own.
    const std::vector<std::string> large = {std::string(100'000, 'x')};
    const std::unique_ptr<rocksdb::DB> db = OpenDatabase();
    for (const Lsn lsn : {kRecords + 1, kRecords + 2}) {
      ASSERT_TRUE(db->Put({}, JournalKey(lsn), EncodeBatch(lsn, large)).ok());
    }
    ASSERT_TRUE(db->Flush({}).ok());
  }
  std::string table = Read(FindFile(".sst"));
  char& in_last_block = table[table.size() / 4 * 3];
  in_last_block = static_cast<char>(in_last_block ^ 1);
  Write(FindFile(".sst"), table);

  EXPECT_THAT(ReadAll().bad, ElementsAre(kRecords + 1, kRecords + 2));
}

INSTANTIATE_TEST_SUITE_P(Levels, JournalDamageTest,
                         ::testing::Values(Durability::kProcess, Durability::kDisk),
                         [](const auto& level) {
                           return level.param == Durability::kDisk ? "Disk" : "Process";
                         });

TEST(JournalReaderTest, RunningJournalIsRefused) {
  const TempDirectory directory = MakeFastDirectory();
  const std::string path = directory.path() + "/journal";
  const auto journal = RocksDbJournal::Open({.path = path}, {}).value();

  // The lock is the process's own here; RocksDB keeps a list of those.
  const absl::Status status = JournalReader::Open(path).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
}

TEST(JournalReaderTest, FolderWithoutAJournalIsNotFound) {
  const TempDirectory directory = MakeFastDirectory();

  EXPECT_EQ(JournalReader::Open(directory.path() + "/journal").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace orrery::journal
