#include "controller/engine/retention/finished_workflows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/garbage.h"

namespace orrery::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr WorkflowNumber kFirst(1);
constexpr WorkflowNumber kSecond(2);
constexpr WorkflowNumber kThird(3);

absl::Time At(int seconds) { return absl::FromUnixSeconds(seconds); }

class FinishedWorkflowsTest : public ::testing::Test {
 protected:
  FinishedWorkflowsTest() {
    // Not in the order in which they were submitted.
    finished_.Add(kSecond, At(10));
    finished_.Add(kFirst, At(20));
    finished_.Add(kThird, At(30));
  }
  std::vector<WorkflowNumber> ExpiredAt(int seconds, const model::Retention& retention,
                                        const std::set<WorkflowNumber>& in_use = {}) const {
    return finished_.FindExpired(At(seconds), retention, in_use, 100);
  }

  FinishedWorkflows finished_;
};

TEST_F(FinishedWorkflowsTest, AllAreKeptWithoutALimit) {
  EXPECT_THAT(ExpiredAt(1'000'000'000, {}), IsEmpty());
  EXPECT_EQ(finished_.NextExpiry({}, {}), absl::InfiniteFuture());
}

TEST_F(FinishedWorkflowsTest, TheOldGoFromTheInstantOnAtWhichTheyAreTooOld) {
  const model::Retention retention{.age_max = absl::Seconds(100)};
  EXPECT_EQ(finished_.NextExpiry(retention, {}), At(110));
  EXPECT_THAT(ExpiredAt(109, retention), IsEmpty());
  EXPECT_THAT(ExpiredAt(110, retention), ElementsAre(kSecond));
  EXPECT_THAT(ExpiredAt(120, retention), ElementsAre(kSecond, kFirst));
}

TEST_F(FinishedWorkflowsTest, OfTooManyThoseGoThatFinishedFirst) {
  EXPECT_THAT(ExpiredAt(30, {.count_max = 3}), IsEmpty());
  EXPECT_THAT(ExpiredAt(30, {.count_max = 1}), ElementsAre(kSecond, kFirst));
  EXPECT_THAT(ExpiredAt(30, {.count_max = 0}), ElementsAre(kSecond, kFirst, kThird));
}

TEST_F(FinishedWorkflowsTest, NoneGoesBeforeItCanBeRead) {
  const model::Retention retention{
      .age_max = absl::Seconds(1), .count_max = 0, .age_min = absl::Seconds(60)};
  EXPECT_EQ(finished_.NextExpiry(retention, {}), At(70));
  EXPECT_THAT(ExpiredAt(69, retention), IsEmpty());
  EXPECT_THAT(ExpiredAt(70, retention), ElementsAre(kSecond));
}

TEST_F(FinishedWorkflowsTest, OneInUseStaysAndNoNewerOneGoesForIt) {
  const model::Retention retention{.count_max = 2};
  EXPECT_THAT(ExpiredAt(30, retention, {kSecond}), IsEmpty());
  EXPECT_EQ(finished_.NextExpiry({.age_max = absl::Seconds(5)}, {kSecond}), At(25));
}

TEST_F(FinishedWorkflowsTest, AtMostSoManyAreFoundAtOnce) {
  EXPECT_THAT(finished_.FindExpired(At(30), {.count_max = 0}, {}, 2), ElementsAre(kSecond, kFirst));
}

TEST_F(FinishedWorkflowsTest, TheFirstEndCounts) {
  finished_.Add(kSecond, At(500));

  EXPECT_THAT(ExpiredAt(110, {.age_max = absl::Seconds(100)}), ElementsAre(kSecond));
}

TEST_F(FinishedWorkflowsTest, OneThatWasRemovedIsGone) {
  finished_.Remove(kSecond);
  finished_.Remove(kSecond);

  EXPECT_EQ(finished_.count(), 2u);
  EXPECT_THAT(ExpiredAt(30, {.count_max = 0}), ElementsAre(kFirst, kThird));
}

}  // namespace
}  // namespace orrery::engine
