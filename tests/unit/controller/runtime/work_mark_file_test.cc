#include "controller/runtime/work_mark_file.h"

#include <fstream>

#include "base/file.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr engine::WorkflowNumber kSeven{7};
constexpr engine::WorkflowNumber kEight{8};

class WorkMarkFileTest : public ::testing::Test {
 protected:
  std::unique_ptr<WorkMarkFile> Open() {
    absl::StatusOr<std::unique_ptr<WorkMarkFile>> file = WorkMarkFile::Open(root_.path());
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }
  // A controller that dies at work for the workflow.
  void DieAt(engine::WorkflowNumber workflow) { Open()->Enter(workflow); }

  TempDirectory root_ = TempDirectory::Create().value();
};

TEST_F(WorkMarkFileTest, AWorkflowIsHeldAfterTheLastDeathThatIsPermitted) {
  DieAt(kSeven);
  EXPECT_THAT(Open()->Held(), IsEmpty());

  for (std::uint64_t deaths = 1; deaths < kPoisonDeaths.max; ++deaths) DieAt(kSeven);

  EXPECT_THAT(Open()->Held(), ElementsAre(kSeven));
  EXPECT_THAT(Open()->Held(), ElementsAre(kSeven)) << "it stays held";
}

TEST_F(WorkMarkFileTest, ADeathBetweenTwoWorksIsNobodysFault) {
  for (int i = 0; i < 3; ++i) {
    const auto file = Open();
    file->Enter(kSeven);
    file->Leave();
  }

  EXPECT_THAT(Open()->Held(), IsEmpty());
}

TEST_F(WorkMarkFileTest, AnOrderlyEndForgivesButHoldsOn) {
  DieAt(kSeven);
  DieAt(kEight);
  DieAt(kEight);
  Open()->ForgiveDeaths();
  DieAt(kSeven);

  EXPECT_THAT(Open()->Held(), ElementsAre(kEight));
}

TEST_F(WorkMarkFileTest, AWorkflowCanBeHeldOnRequestAndIsForgottenWithItsRecords) {
  EXPECT_TRUE(Open()->Hold(kSeven));
  EXPECT_TRUE(Open()->Hold(kEight));

  Open()->RemoveUnless([](engine::WorkflowNumber workflow) { return workflow == kEight; });

  EXPECT_THAT(Open()->Held(), ElementsAre(kEight));
  EXPECT_THAT(WorkMarkFile::ReadHeld(root_.path()), ElementsAre(kEight));
}

TEST_F(WorkMarkFileTest, NoMoreWorkflowsAreKeptThanThereIsRoomFor) {
  const auto file = Open();
  for (std::uint64_t i = 1; i <= kPoisonEntries.max; ++i) {
    EXPECT_TRUE(file->Hold(engine::WorkflowNumber(i)));
  }
  EXPECT_FALSE(file->Hold(engine::WorkflowNumber(kPoisonEntries.max + 1)));
  EXPECT_THAT(file->Held(), SizeIs(kPoisonEntries.max));
}

TEST_F(WorkMarkFileTest, AFileOfAnotherFormatBlamesNobody) {
  std::ofstream(root_.path() + "/working") << std::string(10'000, 'x');

  EXPECT_THAT(WorkMarkFile::ReadHeld(root_.path()), IsEmpty());
  EXPECT_THAT(Open()->Held(), IsEmpty());
}

}  // namespace
}  // namespace orrery::runtime
