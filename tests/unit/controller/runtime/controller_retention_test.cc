// Retention and garbage collection in the controller.
#include "tests/unit/controller/runtime/controller_fixture.h"

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ControllerRetentionTest : public ControllerFixture {
 protected:
  static constexpr engine::WorkflowNumber kNumber{1};

  ControllerRetentionTest() {
    StartAndSync();
    Connect();
    Submit(engine::OneTask());
    FlushAndSync();
  }
  void Finish() {
    Succeed(Assigned().at(0));
    FlushAndSync();
  }
  std::shared_ptr<std::optional<absl::Status>> Delete() {
    auto answer = std::make_shared<std::optional<absl::Status>>();
    controller_->DeleteWorkflows({kNumber}, [answer](absl::Status status) { *answer = status; });
    return answer;
  }
};

TEST_F(ControllerRetentionTest, FinishedWorkflowsAreFoundAndDeleted) {
  EXPECT_THAT(controller_->FindExpired({.count_max = 0}), IsEmpty()) << "it runs";
  Finish();
  EXPECT_THAT(controller_->FindExpired({.count_max = 0}), ElementsAre(kNumber));

  const auto answer = Delete();
  controller_->Flush();
  EXPECT_FALSE(answer->has_value()) << "it may be lost yet";
  EXPECT_NE(controller_->views().Find(kFlow), nullptr);
  journal_.Sync();

  ASSERT_TRUE(answer->has_value());
  EXPECT_TRUE((*answer)->ok());
  EXPECT_EQ(controller_->views().Find(kFlow), nullptr);
  EXPECT_EQ(sink_->CountOf<engine::WorkflowRemoved>(), 1u);
}

TEST_F(ControllerRetentionTest, DeletedWorkflowsAreGoneAfterACompactionAndARestart) {
  Finish();
  Delete();
  FlushAndSync();
  journal_.Compact(controller_->durable_lsn(), controller_->FindRoots().sources);
  const journal::Lsn last = journal_.last_lsn();

  Crash();
  ASSERT_TRUE(controller_->Start().ok());
  FlushAndSync();

  EXPECT_EQ(controller_->views().Find(kFlow), nullptr);
  EXPECT_EQ(controller_->durable_lsn(), last + 1) << "numbers of records go on";
}

TEST_F(ControllerRetentionTest, OnlyWhatIsNotKnownIsHidden) {
  const Uuid unknown = Uuid::FromInteger(7);

  EXPECT_EQ(controller_->DeleteUnknownCheckpoints({kFlow, unknown}), 1u);

  const auto* dropped = std::get_if<engine::WorkflowRemoved>(&sink_->shown().back());
  ASSERT_NE(dropped, nullptr);
  EXPECT_EQ(dropped->id, unknown);
}

TEST_F(ControllerRetentionTest, NothingIsDeletedOnceTheJournalHasFailed) {
  Finish();
  journal_.Fail(absl::InternalError("the disk is broken"));

  const auto answer = Delete();

  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace orrery::runtime
