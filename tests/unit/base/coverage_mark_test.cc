#include "base/coverage_mark.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

namespace orrery::coverage {
namespace {

std::optional<std::uint64_t> TimesReached(std::string_view name) {
  const std::vector<Mark> marks = Marks();
  const auto mark = std::ranges::find(marks, name, &Mark::name);
  if (mark == marks.end()) return std::nullopt;
  return mark->times_reached;
}

#ifndef NDEBUG
void Branch(bool is_rare) {
  if (is_rare) COVERAGE_MARK("test.rare");
}

TEST(CoverageMarkTest, MarkIsKnownBeforeItIsReached) {
  Branch(false);

  EXPECT_EQ(TimesReached("test.rare"), 0u);
}

TEST(CoverageMarkTest, MarkCountsHowOftenItIsReached) {
  const std::uint64_t before = TimesReached("test.rare").value();

  Branch(true);
  Branch(true);

  EXPECT_EQ(TimesReached("test.rare"), before + 2);
}
#endif

TEST(CoverageMarkTest, MarkThatIsNowhereIsUnknown) {
  EXPECT_EQ(TimesReached("test.nowhere"), std::nullopt);
}

}  // namespace
}  // namespace orrery::coverage
