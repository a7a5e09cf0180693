#include "client/cli/exit_code.h"

#include <string>
#include <string_view>

#include "client/cpp/unknown_outcome.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

TEST(ExitCodeTest, EachDocumentedCodeHasItsCause) {
  EXPECT_EQ(ExitCodeFor(absl::OkStatus()), ExitCode{0});
  EXPECT_EQ(ExitCodeFor(client::WorkflowStatus::kSucceeded), ExitCode{0});
  EXPECT_EQ(ExitCodeFor(client::WorkflowStatus::kFailed), ExitCode{1});
  EXPECT_EQ(ExitCodeFor(absl::InvalidArgumentError("")), ExitCode{3});
  EXPECT_EQ(ExitCodeFor(absl::ResourceExhaustedError("")), ExitCode{3});
  EXPECT_EQ(ExitCodeFor(absl::NotFoundError("")), ExitCode{4});
  EXPECT_EQ(ExitCodeFor(absl::AlreadyExistsError("")), ExitCode{5});
  EXPECT_EQ(ExitCodeFor(absl::FailedPreconditionError("")), ExitCode{5});
  EXPECT_EQ(ExitCodeFor(absl::InternalError("")), ExitCode{6});
  EXPECT_EQ(ExitCodeFor(absl::UnavailableError("")), ExitCode{7});
  EXPECT_EQ(ExitCodeFor(absl::DeadlineExceededError("")), ExitCode{8});
  EXPECT_EQ(ExitCodeFor(client::WorkflowStatus::kCancelled), ExitCode{9});
  EXPECT_EQ(ExitCodeFor(client::OutcomeUnknown(absl::UnavailableError(""), "", "")), ExitCode{10});
}

TEST(ExitCodeTest, HelpListsEveryCode) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_NE(kExitCodeHelp.find(std::string("\n  ") + digit + "  "), std::string_view::npos)
        << digit;
  }
  EXPECT_NE(kExitCodeHelp.find("\n 10  "), std::string_view::npos);
}

TEST(ExitCodeTest, NamesOfCodesAreSnakeCase) {
  EXPECT_EQ(CodeName(absl::StatusCode::kInvalidArgument), "invalid_argument");
  EXPECT_EQ(CodeName(absl::StatusCode::kAlreadyExists), "already_exists");
  EXPECT_EQ(CodeName(absl::StatusCode::kUnavailable), "unavailable");
}

}  // namespace
}  // namespace orrery::cli
