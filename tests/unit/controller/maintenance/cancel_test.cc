#include "controller/maintenance/cancel.h"

#include "base/file.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/store_root.h"
#include "controller/runtime/work_mark_file.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::maintenance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);
const Uuid kFlow = Uuid::FromInteger(7);
constexpr engine::WorkflowNumber kNumber{3};

class CancelTest : public ::testing::Test {
 protected:
  std::string root() const { return root_.path(); }
  void Write(std::vector<engine::Record> records) {
    auto journal = journal::RocksDbJournal::Open({.path = JournalPath(root())}, {});
    ASSERT_TRUE(journal.ok()) << journal.status();
    ASSERT_TRUE((*journal)->Replay([](auto, const auto&) { return absl::OkStatus(); }).ok());
    (*journal)->Append(std::move(records));
  }
  std::vector<engine::Record> Read() {
    std::vector<engine::Record> records;
    auto journal = journal::RocksDbJournal::Open({.path = JournalPath(root())}, {});
    EXPECT_TRUE((*journal)
                    ->Replay([&](auto, const engine::Record& record) {
                      records.push_back(record);
                      return absl::OkStatus();
                    })
                    .ok());
    return records;
  }
  absl::Status Cancel(const Uuid& id = kFlow) {
    return CancelInStore({.root = root(), .workflow = id, .now = kNow});
  }
  static engine::Record Submitted() {
    return {kNow,
            engine::WorkflowSubmitted{
                .number = kNumber,
                .id = kFlow,
                .submission = {.name = "flow",
                               .graph = std::make_shared<const graph::Graph>(engine::OneTask())},
                .reuse = {}}};
  }

  TempDirectory root_ = TempDirectory::Create().value();
};

TEST_F(CancelTest, TheWorkflowIsCancelledOnceAndHeld) {
  Write({Submitted()});

  EXPECT_TRUE(Cancel().ok());
  EXPECT_TRUE(Cancel().ok());

  const std::vector<engine::Record> records = Read();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(std::get<engine::WorkflowCancelled>(records[1].body).number, kNumber);
  EXPECT_THAT((*runtime::WorkMarkFile::Open(root()))->held(),
              ElementsAre(testing::Pair(kFlow, kNumber)));
}

TEST_F(CancelTest, UnknownAndEndedWorkflowsAreRefused) {
  EXPECT_EQ(Cancel().code(), absl::StatusCode::kFailedPrecondition) << "there is no journal";
  Write({Submitted(), {kNow, engine::WorkflowFailed{kNumber}}});

  EXPECT_EQ(Cancel().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Cancel(Uuid::FromInteger(8)).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Read(), SizeIs(2));
}

}  // namespace
}  // namespace orrery::maintenance
