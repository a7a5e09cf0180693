#include "rpc/message_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "orrery/workflow/v1/workflow_service.pb.h"

namespace orrery::rpc {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(CheckUtf8Test, TheFieldOfWrongTextIsNamedAtAnyDepth) {
  workflow::v1::SubmitWorkflowRequest request;
  request.set_name("naïve");
  EXPECT_TRUE(CheckUtf8(request).ok());

  request.add_inputs()->set_name("caf\xe9");

  EXPECT_THAT(std::string(CheckUtf8(request).message()),
              AllOf(HasSubstr("name is \"caf\\xe9\""), HasSubstr("not UTF-8")));
}

TEST(CheckUtf8Test, BytesAreNoText) {
  workflow::v1::SubmitWorkflowRequest request;
  request.add_inputs()->mutable_value()->set_inline_("\xff");

  EXPECT_TRUE(CheckUtf8(request).ok());
}

}  // namespace
}  // namespace orrery::rpc
