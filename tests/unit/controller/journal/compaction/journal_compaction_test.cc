#include "controller/journal/compaction/journal_compaction.h"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "controller/engine/engine.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/journal_database.h"
#include "controller/journal/journal_reader.h"
#include "controller/journal/rocksdb_journal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "tests/unit/controller/engine/sketch.h"
#include "tests/unit/controller/fast_directory.h"

namespace orrery::journal {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kWorkflows = 12;

// The result of a replay.
struct Replayed {
  std::string state;
  std::uint64_t epoch = 0;
  std::vector<Lsn> lsns;
};

class JournalCompactionTest : public ::testing::Test {
 protected:
  JournalCompactionTest() {
    Append(engine::ControllerStarted{1});
    const Uuid worker = Uuid::FromInteger(1);
    for (int i = 1; i <= kWorkflows; ++i) {
      Append(engine::WorkerJoined{.instance = worker});
      Run(engine::WorkflowNumber(static_cast<std::uint64_t>(i)));
      Append(engine::WorkerLeft{worker});
    }
    Append(engine::ControllerStarted{2});
    // Every second one, the last among them.
    for (int i = 2; i <= kWorkflows; i += 2) {
      Append(engine::WorkflowDeleted{engine::WorkflowNumber(static_cast<std::uint64_t>(i))});
    }
    Append(engine::WorkerJoined{.instance = worker});
    WriteJournal();
  }

  template <class Body>
  void Append(Body body) {
    records_.push_back({absl::FromUnixSeconds(1'700'000'000), std::move(body)});
  }
  // A workflow of three tasks.
  void Run(engine::WorkflowNumber number) {
    static const auto kGraph = std::make_shared<const graph::Graph>(engine::Chain(3));
    Append(engine::WorkflowSubmitted{.number = number,
                                     .id = Uuid::FromInteger(number.value()),
                                     .submission = {.name = "flow", .graph = kGraph}});
    for (const char* node : {"-.N0", "-.N1", "-.N2"}) {
      Append(engine::NodeFinished{
          .node = {number, graph::Location::Parse(node).value()},
          .origin = {.worker = "ada"},
          .outputs = {{"value", engine::Json("\"" + std::string(200, 'x') + "\"")}}});
    }
  }

  RocksDbJournalOptions Options() const {
    return {.path = directory_.path() + "/journal", .batch_bytes_max = 2000};
  }
  std::unique_ptr<RocksDbJournal> Open() const {
    return RocksDbJournal::Open(Options(), {}).value();
  }
  // Entries of one record to a few.
  void WriteJournal() const {
    const std::unique_ptr<RocksDbJournal> journal = Open();
    ASSERT_TRUE(journal->Replay([](Lsn, const engine::Record&) { return absl::OkStatus(); }).ok());
    for (std::size_t i = 0; i < records_.size();) {
      const std::size_t count = std::min(1 + i % 4, records_.size() - i);
      journal->Append({records_.begin() + static_cast<std::ptrdiff_t>(i),
                       records_.begin() + static_cast<std::ptrdiff_t>(i + count)});
      i += count;
    }
  }
  CompactionRequest Request() const {
    return {.up_to = records_.size(), .is_cancelled = [] { return false; }};
  }
  CompactionReport Compact(const CompactionRequest& request) const {
    return Open()->Compact(request).value();
  }
  Replayed Replay() const {
    engine::Engine engine{engine::Settings()};
    Replayed replayed;
    const absl::Status status = Open()->Scan([&](Lsn lsn, const engine::Record& record) {
      replayed.lsns.push_back(lsn);
      return engine.Replay(record, nullptr).status();
    });
    EXPECT_TRUE(status.ok()) << status;
    replayed.state = engine.StateDigest().ToHex();
    replayed.epoch = engine.epoch();
    return replayed;
  }
  // Of the entries: their first records, and how many there are in each.
  std::vector<std::pair<Lsn, std::size_t>> Entries() const {
    std::vector<std::pair<Lsn, std::size_t>> entries;
    const auto database =
        OpenDatabase(Options().path, rocksdb::Env::Default(), DatabaseAccess::kReadOnly).value();
    const auto entry = NewEntryIterator(*database);
    EXPECT_THAT(TakeHeader(*entry)->removing, IsEmpty());
    for (; entry->Valid(); entry->Next()) {
      const Lsn first = ParseJournalKey(entry->key().ToStringView()).value();
      entries.emplace_back(first,
                           DecodeBatch(first, entry->value().ToStringView())->records.size());
    }
    return entries;
  }
  std::uintmax_t BytesOnDisk() const {
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(Options().path)) {
      const std::string extension = file.path().extension();
      if (extension == ".log" || extension == ".sst") bytes += file.file_size();
    }
    return bytes;
  }
  // Reads the journal as fsck does.
  void ExpectSound() const {
    const JournalReader reader = JournalReader::Open(Options().path).value();
    const absl::StatusOr<Lsn> last =
        reader.Read({.on_record = [](Lsn, const engine::Record&) { return absl::OkStatus(); },
                     .on_problem = [](Lsn, absl::Status problem) { return problem; }});
    ASSERT_TRUE(last.ok()) << last.status();
    EXPECT_EQ(*last, records_.size());
  }

  TempDirectory directory_ = MakeFastDirectory();
  std::vector<engine::Record> records_;
};

TEST_F(JournalCompactionTest, AReplayOfTheRestLeadsToTheSameState) {
  const Replayed before = Replay();

  const CompactionReport report = Compact(Request());

  const Replayed after = Replay();
  EXPECT_EQ(after.state, before.state);
  EXPECT_EQ(after.epoch, 2u);
  EXPECT_EQ(after.lsns.size(), report.records_kept);
  EXPECT_EQ(report.records_kept + report.records_removed, records_.size());
  // Six workflows, the last start, the worker that is there, and which number was the highest.
  EXPECT_EQ(report.records_kept, 6u * 4 + 3);
  ExpectSound();
}

TEST_F(JournalCompactionTest, FewEntriesAreLeftAndNoneOfThemIsTooLarge) {
  const std::size_t before = Entries().size();

  const CompactionReport report = Compact(Request());

  const auto after = Entries();
  EXPECT_LT(after.size(), before);
  EXPECT_LE(after.size(), 2 * report.bytes_kept / Options().batch_bytes_max + 2);
  EXPECT_EQ(after.front().first, 1u);
}

TEST_F(JournalCompactionTest, TheDiskGetsItsRoomBack) {
  const std::uintmax_t before = BytesOnDisk();

  Compact(Request());

  EXPECT_LT(BytesOnDisk(), before * 2 / 3);
}

TEST_F(JournalCompactionTest, ASecondOneHasNothingToDo) {
  Compact(Request());
  const auto entries = Entries();

  const CompactionReport again = Compact(Request());

  EXPECT_EQ(again.records_removed, 0u);
  EXPECT_EQ(Entries(), entries);
}

TEST_F(JournalCompactionTest, WhatComesLaterIsLeftAlone) {
  CompactionRequest request = Request();
  request.up_to = 0;
  const auto entries = Entries();

  EXPECT_EQ(Compact(request).records_removed, 0u);

  EXPECT_EQ(Entries(), entries);
}

TEST_F(JournalCompactionTest, ADryRunTellsWhatWouldGoAndChangesNothing) {
  const auto entries = Entries();
  CompactionRequest request = Request();
  request.is_dry_run = true;
  const CompactionReport dry = Compact(request);
  EXPECT_EQ(Entries(), entries);

  // As if one more were deleted.
  request.deleted = {engine::WorkflowNumber(1)};
  EXPECT_EQ(Compact(request).records_removed, dry.records_removed + 4);

  const CompactionReport wet = Compact(Request());
  EXPECT_EQ(wet.records_removed, dry.records_removed);
  EXPECT_EQ(wet.bytes_removed, dry.bytes_removed);
}

TEST_F(JournalCompactionTest, ARunThatIsInUseStays) {
  const engine::WorkflowNumber two(2);
  CompactionRequest request = Request();
  request.in_use = {two};
  std::size_t seen = 0;
  Compact(request);

  ASSERT_TRUE(Open()
                  ->Scan([&](Lsn, const engine::Record& record) {
                    const auto* finished = std::get_if<engine::NodeFinished>(&record.body);
                    if (finished != nullptr && finished->node.workflow == two) ++seen;
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(seen, 3u);
}

// Each write is atomic, so that these are all the states in which a death can leave the store.
TEST_F(JournalCompactionTest, CutShortAnywhereItIsReadAsOneThatWasDone) {
  const std::string state = Replay().state;
  int questions = 0;
  CompactionRequest counting = Request();
  counting.is_dry_run = true;
  counting.is_cancelled = [&] { return ++questions < 0; };
  Compact(counting);
  ASSERT_GT(questions, 60);

  std::size_t last_count = records_.size();
  // Each goes on with what the one before left.
  for (int allowed = static_cast<int>(records_.size()); allowed <= questions; allowed += 3) {
    int asked = 0;
    CompactionRequest request = Request();
    request.is_cancelled = [&] { return ++asked > allowed; };
    const absl::StatusOr<CompactionReport> report = Open()->Compact(request);
    if (!report.ok()) {
      EXPECT_TRUE(absl::IsCancelled(report.status())) << report.status();
    }

    const Replayed now = Replay();
    EXPECT_EQ(now.state, state) << allowed;
    EXPECT_LE(now.lsns.size(), last_count);
    last_count = now.lsns.size();
    ExpectSound();
  }
  Compact(Request());
  EXPECT_EQ(Replay().state, state);
  EXPECT_THAT(Replay().lsns, SizeIs(6 * 4 + 3));
}

TEST_F(JournalCompactionTest, RecordsAreAppendedMeanwhileAndAfterwards) {
  const std::unique_ptr<RocksDbJournal> journal = Open();
  ASSERT_TRUE(journal->Replay([](Lsn, const engine::Record&) { return absl::OkStatus(); }).ok());
  CompactionRequest request = Request();
  request.on_progress = [&](Lsn) {
    Append(engine::WorkerJoined{.instance = Uuid::FromInteger(records_.size())});
    journal->Append({records_.back()});
  };
  ASSERT_TRUE(journal->Compact(request).ok());
  Append(engine::WorkerJoined{.instance = Uuid::FromInteger(7)});

  EXPECT_EQ(journal->Append({records_.back()}), records_.size());
}

TEST_F(JournalCompactionTest, AJournalInMemoryIsCompactedToo) {
  RocksDbJournalOptions options = Options();
  options.durability = Durability::kMemory;
  Lsn durable = 0;
  Mutex mutex;
  CondVar changed;
  const auto journal = RocksDbJournal::Open(options, {.on_durable =
                                                          [&](Lsn lsn) {
                                                            MutexLock lock(mutex);
                                                            durable = lsn;
                                                            changed.NotifyAll();
                                                          }})
                           .value();
  ASSERT_TRUE(journal->Replay([](Lsn, const engine::Record&) { return absl::OkStatus(); }).ok());
  journal->Append(records_);
  {
    MutexLock lock(mutex);
    while (durable < records_.size()) changed.Wait(mutex);
  }

  EXPECT_EQ(journal->Compact(Request())->records_kept, 6u * 4 + 3);
}

TEST_F(JournalCompactionTest, WhatIsKeptIsToldOnce) {
  std::size_t told = 0;
  CompactionRequest request = Request();
  request.on_kept = [&](const engine::Record&) { ++told; };

  EXPECT_EQ(Compact(request).records_kept, told);
}

}  // namespace
}  // namespace orrery::journal
