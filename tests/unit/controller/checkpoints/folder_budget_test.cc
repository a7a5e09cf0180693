#include "controller/checkpoints/folder_budget.h"

#include "gtest/gtest.h"

namespace orrery::checkpoints {
namespace {

const Uuid kFirst = Uuid::FromInteger(1);
const Uuid kSecond = Uuid::FromInteger(2);

graph::Location Node(std::int64_t node) {
  return graph::Location().Child(graph::StepKind::kNode, node);
}
graph::Location Element(std::int64_t element) {
  return Node(3).Child(graph::StepKind::kElement, element);
}

TEST(FolderBudgetTest, FirstNestedNodesOfEachWorkflowHaveFolders) {
  FolderBudget budget;
  const auto count = static_cast<std::int64_t>(kNestedFolders.max);

  for (std::int64_t i = 0; i < count; ++i) EXPECT_TRUE(budget.Admit(kFirst, Element(i)));

  EXPECT_FALSE(budget.Admit(kFirst, Element(count)));
  EXPECT_TRUE(budget.Admit(kFirst, Element(7))) << "its folder exists";
  EXPECT_TRUE(budget.Admit(kSecond, Element(count)));
  budget.Remove(kFirst);
  EXPECT_TRUE(budget.Admit(kFirst, Element(count)));
}

TEST(FolderBudgetTest, NodesOfTheRootGraphAlwaysHaveFolders) {
  FolderBudget budget;

  EXPECT_TRUE(budget.Admit(kFirst, graph::Location()));
  for (std::int64_t i = 0; i < 5000; ++i) EXPECT_TRUE(budget.Admit(kFirst, Node(i)));
}

}  // namespace
}  // namespace orrery::checkpoints
