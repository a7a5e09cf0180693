#include "client/cli/listing.h"

#include "gtest/gtest.h"
#include "tests/unit/client/fake_controller.h"

namespace orrery::cli {
namespace {

class ListWorkflowsTest : public ::testing::Test {
 protected:
  ListWorkflowsTest() {
    for (int id = 1; id <= kWorkflows; ++id) controller_.Put(client::RunningWorkflow(id));
  }

  // More than two pages of the largest size.
  static constexpr int kWorkflows = 2100;

  client::FakeController controller_;
  client::Client client_{{.address = controller_.address()}};
};

TEST_F(ListWorkflowsTest, AllPagesAreReadInOrder) {
  const auto listing = ListWorkflows(client_, kUnlimited);

  ASSERT_TRUE(listing.ok()) << listing.status();
  ASSERT_EQ(listing->workflows.size(), 2100u);
  EXPECT_EQ(listing->workflows.front().id, Uuid::FromInteger(2100));
  EXPECT_EQ(listing->workflows.back().id, Uuid::FromInteger(1));
  EXPECT_FALSE(listing->has_more);
}

TEST_F(ListWorkflowsTest, LimitInsideALaterPageIsExact) {
  const auto listing = ListWorkflows(client_, 1500);

  ASSERT_TRUE(listing.ok()) << listing.status();
  EXPECT_EQ(listing->workflows.size(), 1500u);
  EXPECT_TRUE(listing->has_more);
}

}  // namespace
}  // namespace orrery::cli
