#include "controller/runtime/work_mark_file.h"

#include <fstream>

#include "base/file.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr engine::WorkflowNumber kSeven{7};
constexpr engine::WorkflowNumber kEight{8};

Uuid IdOf(engine::WorkflowNumber number) { return Uuid::FromInteger(number.value() + 100); }
// All workflows exist.
std::optional<engine::WorkflowNumber> FindAny(const Uuid& id) {
  return engine::WorkflowNumber(id.bytes.back() - 100);
}
std::optional<engine::WorkflowNumber> FindNone(const Uuid&) { return std::nullopt; }

class WorkMarkFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<WorkMarkFile> Open() {
    absl::StatusOr<std::unique_ptr<WorkMarkFile>> file = WorkMarkFile::Open(root_.path());
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  // A controller that dies at work for the workflow.
  void DieAt(engine::WorkflowNumber number) { Open()->Enter(number, IdOf(number)); }

  TempDirectory root_ = TempDirectory::Create().value();
};

TEST_F(WorkMarkFileTest, AWorkflowIsHeldAfterTheLastDeathThatIsPermitted) {
  DieAt(kSeven);
  EXPECT_THAT(Open()->held(), IsEmpty());

  for (std::uint64_t deaths = 1; deaths < kPoisonDeaths.max; ++deaths) DieAt(kSeven);

  EXPECT_THAT(Open()->held(), ElementsAre(Pair(IdOf(kSeven), kSeven)));
  EXPECT_THAT(Open()->held(), ElementsAre(Pair(IdOf(kSeven), kSeven))) << "it stays held";
}

TEST_F(WorkMarkFileTest, ADeathBetweenTwoWorksIsNobodysFault) {
  for (int i = 0; i < 3; ++i) {
    const auto file = Open();
    file->Enter(kSeven, IdOf(kSeven));
    file->Leave();
  }

  EXPECT_THAT(Open()->held(), IsEmpty());
}

TEST_F(WorkMarkFileTest, AnOrderlyEndForgivesButHoldsOn) {
  DieAt(kSeven);
  DieAt(kEight);
  DieAt(kEight);
  Open()->ForgiveDeaths(FindAny);
  DieAt(kSeven);

  EXPECT_THAT(Open()->held(), ElementsAre(Pair(IdOf(kEight), kEight)));
}

TEST_F(WorkMarkFileTest, AWorkflowCanBeHeldOnRequestAndIsForgottenWithItsRecords) {
  EXPECT_TRUE(Open()->Hold(kSeven, IdOf(kSeven)));
  EXPECT_TRUE(Open()->Hold(kEight, IdOf(kEight)));

  Open()->RemoveStale([](const Uuid& id) -> std::optional<engine::WorkflowNumber> {
    if (id == IdOf(kEight)) return kEight;
    return std::nullopt;
  });

  EXPECT_THAT(Open()->held(), ElementsAre(Pair(IdOf(kEight), kEight)));
  EXPECT_THAT(WorkMarkFile::ReadHeld(root_.path()), ElementsAre(Pair(IdOf(kEight), kEight)));
}

TEST_F(WorkMarkFileTest, AWorkflowThatIsNeverRecordedIsBlamedUntilAnOrderlyEnd) {
  DieAt(kSeven);
  Open()->RemoveStale(FindNone);
  // Another workflow had the number, and this one gets another.
  Open()->Enter(kEight, IdOf(kSeven));
  EXPECT_THAT(Open()->held(), ElementsAre(Pair(IdOf(kSeven), kEight)));

  Open()->RemoveStale(FindNone);
  EXPECT_THAT(Open()->held(), SizeIs(1));
  Open()->ForgiveDeaths(FindNone);

  EXPECT_THAT(Open()->held(), IsEmpty());
}

TEST_F(WorkMarkFileTest, AWorkflowThatIsRunAgainIsNotBlamedForTheFirstRun) {
  EXPECT_TRUE(Open()->Hold(kSeven, IdOf(kSeven)));

  Open()->RemoveStale([](const Uuid&) { return kEight; });

  EXPECT_THAT(Open()->held(), IsEmpty());
}

TEST_F(WorkMarkFileTest, ARerunThatIsNeverRecordedIsBlamed) {
  EXPECT_TRUE(Open()->Hold(kEight, IdOf(kEight)));

  Open()->RemoveStale([](const Uuid&) { return kSeven; });

  EXPECT_THAT(Open()->held(), SizeIs(1));
}

TEST_F(WorkMarkFileTest, NoMoreWorkflowsAreKeptThanThereIsRoomFor) {
  const auto file = Open();
  for (std::uint64_t i = 1; i <= kPoisonEntries.max; ++i) {
    EXPECT_TRUE(file->Hold(engine::WorkflowNumber(i), Uuid::FromInteger(i)));
  }
  EXPECT_FALSE(file->Hold(kSeven, Uuid::FromInteger(kPoisonEntries.max + 1)));
  EXPECT_THAT(file->held(), SizeIs(kPoisonEntries.max));
}

TEST_F(WorkMarkFileTest, AFileOfAnotherFormatBlamesNobody) {
  std::ofstream(root_.path() + "/working") << std::string(10'000, 'x');

  EXPECT_THAT(WorkMarkFile::ReadHeld(root_.path()), IsEmpty());
  EXPECT_THAT(Open()->held(), IsEmpty());
}

}  // namespace
}  // namespace orrery::runtime
