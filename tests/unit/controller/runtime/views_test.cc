#include "controller/runtime/views.h"

#include "model/workflow.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;
using ::testing::NotNull;

const Uuid kAda = Uuid::FromInteger(1);
const Uuid kBob = Uuid::FromInteger(2);
const absl::Time kNow = absl::FromUnixSeconds(1000);

class ViewsTest : public ::testing::Test {
 protected:
  void Start(const Uuid& id) { views_.Apply(engine::WorkflowStarted{id, "flow", kNow}); }
  void Progress(const Uuid& id, std::uint64_t finished) {
    views_.Apply(engine::WorkflowProgressed{id, {.finished = finished}});
  }
  void Settle(const Uuid& id, model::WorkflowStatus status = model::WorkflowStatus::kSucceeded) {
    views_.Apply(engine::WorkflowSettled{.id = id,
                                         .status = status,
                                         .at = kNow + absl::Seconds(1),
                                         .outputs = {},
                                         .failures = {},
                                         .reason = ""});
  }
  std::uint64_t VersionOf(const Uuid& id) { return views_.VersionOf(id); }
  // The integers of the page's ids.
  static std::vector<int> Ids(const Views::Page& page) {
    std::vector<int> ids;
    for (const model::Workflow* view : page.workflows) ids.push_back(view->id.bytes.back());
    return ids;
  }

  Views views_;
};

TEST_F(ViewsTest, AStartedWorkflowIsShownAsRunning) {
  Start(kAda);

  const model::Workflow* view = views_.Find(kAda);
  ASSERT_THAT(view, NotNull());
  EXPECT_EQ(view->status, model::WorkflowStatus::kRunning);
  EXPECT_EQ(view->name, "flow");
  EXPECT_EQ(view->submitted_at, kNow);
  EXPECT_EQ(view->settled_at, std::nullopt);
  EXPECT_THAT(views_.Find(kBob), IsNull());
}

TEST_F(ViewsTest, AnEndIsShownWithWhatItBrought) {
  Start(kAda);

  views_.Apply(engine::WorkflowSettled{
      .id = kAda,
      .status = model::WorkflowStatus::kFailed,
      .at = kNow + absl::Seconds(5),
      .outputs = {},
      .failures = {{.location = {}, .function_name = "ada.add", .error = {}, .worker = "ada"}},
      .reason = ""});

  const model::Workflow* view = views_.Find(kAda);
  EXPECT_EQ(view->status, model::WorkflowStatus::kFailed);
  EXPECT_EQ(view->settled_at, kNow + absl::Seconds(5));
  EXPECT_EQ(view->failure->function_name, "ada.add");
}

TEST_F(ViewsTest, TheVersionGrowsWithEveryChangeOnly) {
  Start(kAda);
  const std::uint64_t started = VersionOf(kAda);

  Progress(kAda, 1);
  const std::uint64_t progressed = VersionOf(kAda);
  Progress(kAda, 1);

  EXPECT_GT(progressed, started);
  EXPECT_EQ(VersionOf(kAda), progressed);
}

TEST_F(ViewsTest, EventsOfAnUnknownWorkflowAreIgnored) {
  Progress(kAda, 1);
  Settle(kAda);
  views_.Apply(engine::WorkflowRemoved{kAda});

  EXPECT_THAT(views_.Find(kAda), IsNull());
}

TEST_F(ViewsTest, ADeletedWorkflowIsGoneEverywhere) {
  Start(kAda);
  Start(kBob);

  views_.Apply(engine::WorkflowRemoved{kAda});

  EXPECT_THAT(views_.Find(kAda), IsNull());
  EXPECT_THAT(Ids(*views_.List(10, "")), ElementsAre(2));
  EXPECT_EQ(views_.IncarnationOf(kAda), 0u);
}

TEST_F(ViewsTest, AWorkflowUnderAnIdUsedBeforeIsAnotherAndTheNewest) {
  Start(kAda);
  const std::uint64_t before = views_.IncarnationOf(kAda);
  Settle(kAda);
  Start(kBob);

  views_.Apply(engine::WorkflowRemoved{kAda});
  Start(kAda);

  EXPECT_NE(views_.IncarnationOf(kAda), before);
  EXPECT_EQ(views_.Find(kAda)->status, model::WorkflowStatus::kRunning);
  EXPECT_THAT(Ids(*views_.List(10, "")), ElementsAre(1, 2));
}

TEST_F(ViewsTest, PagesListEveryWorkflowOnceNewestFirst) {
  for (std::uint64_t i = 1; i <= 5; ++i) Start(Uuid::FromInteger(i));

  const Views::Page first = *views_.List(2, "");
  const Views::Page second = *views_.List(2, first.next_token);
  const Views::Page third = *views_.List(2, second.next_token);

  EXPECT_THAT(Ids(first), ElementsAre(5, 4));
  EXPECT_THAT(Ids(second), ElementsAre(3, 2));
  EXPECT_THAT(Ids(third), ElementsAre(1));
  EXPECT_EQ(third.next_token, "");
}

TEST_F(ViewsTest, APageThatEndsTheListHasNoToken) {
  Start(kAda);
  Start(kBob);

  EXPECT_EQ(views_.List(2, "")->next_token, "");
  EXPECT_EQ(views_.List(10, "")->next_token, "");
}

TEST_F(ViewsTest, NoWorkflowsAreAnEmptyPage) {
  EXPECT_THAT(views_.List(10, "")->workflows, IsEmpty());
  EXPECT_EQ(views_.List(10, "")->next_token, "");
}

TEST_F(ViewsTest, PagesGoOnWhereTheyWereThoughWorkflowsComeAndGo) {
  for (std::uint64_t i = 1; i <= 4; ++i) Start(Uuid::FromInteger(i));
  const std::string token = views_.List(2, "")->next_token;

  Start(Uuid::FromInteger(9));
  views_.Apply(engine::WorkflowRemoved{Uuid::FromInteger(3)});
  views_.Apply(engine::WorkflowRemoved{Uuid::FromInteger(2)});

  EXPECT_THAT(Ids(*views_.List(2, token)), ElementsAre(1));
}

TEST_F(ViewsTest, ATokenThatNoPageReturnedIsRefused) {
  Start(kAda);

  for (const std::string token : {"x", "1x", "-1", " 1", "99", "18446744073709551616"}) {
    EXPECT_EQ(views_.List(2, token).status().code(), absl::StatusCode::kInvalidArgument) << token;
  }
}

TEST_F(ViewsTest, AWatcherIsToldOfItsWorkflowOnly) {
  int told = 0;
  views_.Watch(kAda, [&] { ++told; });

  Start(kAda);
  Start(kBob);
  Progress(kAda, 1);
  Settle(kAda);

  EXPECT_EQ(told, 3);
}

TEST_F(ViewsTest, AWatcherSeesTheChangeItIsToldOf) {
  Start(kAda);
  model::WorkflowStatus seen = model::WorkflowStatus::kRunning;
  views_.Watch(kAda, [&] { seen = views_.Find(kAda)->status; });

  Settle(kAda, model::WorkflowStatus::kCancelled);

  EXPECT_EQ(seen, model::WorkflowStatus::kCancelled);
}

TEST_F(ViewsTest, AWatcherMayUnwatchItselfAndOthersWhileItIsTold) {
  int first = 0;
  int second = 0;
  Views::WatchId first_id = 0;
  Views::WatchId second_id = 0;
  first_id = views_.Watch(kAda, [&] {
    ++first;
    views_.Unwatch(first_id);
    views_.Unwatch(second_id);
  });
  second_id = views_.Watch(kAda, [&] { ++second; });

  Start(kAda);
  Progress(kAda, 1);

  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 0);
}

TEST_F(ViewsTest, AWatcherMayWatchWhileItIsToldAndHearsOfTheNextChange) {
  int later = 0;
  bool has_watched = false;
  views_.Watch(kAda, [&] {
    if (!std::exchange(has_watched, true)) views_.Watch(kAda, [&] { ++later; });
  });

  Start(kAda);
  EXPECT_EQ(later, 0);
  Progress(kAda, 1);

  EXPECT_EQ(later, 1);
}

}  // namespace
}  // namespace orrery::runtime
