#include "base/status_macros.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace orrery {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(bool ok) {
  if (!ok) return absl::AbortedError("lost");
  return std::make_unique<int>(7);
}

absl::StatusOr<int> Use(bool ok, const absl::Status& before) {
  RETURN_IF_ERROR(before);
  ASSIGN_OR_RETURN(const std::unique_ptr<int> first, Make(ok));
  ASSIGN_OR_RETURN(const std::unique_ptr<int> second, Make(ok));
  return *first + *second;
}

TEST(StatusMacrosTest, ValuesPassAndMoveOnlyTypesAreMoved) {
  EXPECT_EQ(Use(true, absl::OkStatus()).value(), 14);
}

TEST(StatusMacrosTest, FirstErrorIsReturned) {
  EXPECT_EQ(Use(false, absl::OkStatus()).status(), absl::AbortedError("lost"));
  EXPECT_EQ(Use(false, absl::InternalError("bug")).status(), absl::InternalError("bug"));
}

}  // namespace
}  // namespace orrery
