#include "base/log.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;

TEST(LogTest, LineHasTimeSeverityEventAndFields) {
  ::testing::internal::CaptureStderr();

  LOG(WARNING, "lease.expired").With("task", 12).With("late", true).With("share", 0.5);

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z "
                           "WARNING lease\\.expired task=12 late=true share=0\\.5\n"));
}

TEST(LogTest, ValuesThatWouldBeAmbiguousAreQuoted) {
  ::testing::internal::CaptureStderr();

  LOG(INFO, "e").With("a", "x y").With("b", "").With("c", "1=\"2\"\n\x01").With("d", "plain");

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              EndsWith(" INFO e a=\"x y\" b=\"\" c=\"1=\\\"2\\\"\\n\\x01\" d=plain\n"));
}

TEST(LogTest, NoValueForgesALineOrCommandsATerminal) {
  ::testing::internal::CaptureStderr();

  LOG(INFO, "e").With("a", "x\xc2\x9b\xe9\n").With("b", "\u202e");

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              EndsWith(" INFO e a=\"x\\x9b\\xe9\\n\" b=\"\\u{202e}\"\n"));
}

TEST(LogTest, StatusIsWrittenWithItsCode) {
  ::testing::internal::CaptureStderr();

  LOG(ERROR, "e").With("error", absl::NotFoundError("no blob"));

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              EndsWith(" ERROR e error=\"NOT_FOUND: no blob\"\n"));
}

TEST(LogTest, IntegersOfEverySizeKeepTheirValue) {
  ::testing::internal::CaptureStderr();

  LOG(INFO, "e").With("a", INT64_MIN).With("b", UINT64_MAX).With("c", std::uint8_t{7});

  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              EndsWith(" a=-9223372036854775808 b=18446744073709551615 c=7\n"));
}

}  // namespace
}  // namespace orrery
