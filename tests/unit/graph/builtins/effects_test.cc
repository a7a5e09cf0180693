#include "graph/builtins/effects.h"

#include <array>
#include <cstdint>

#include "base/digest.h"
#include "fmt/format.h"
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

Digest Seed(int number) { return Sha256(fmt::format("seed {}", number)); }

TEST(DrawNumberTest, TheSameSeedGivesTheSameNumber) {
  const RandomRange range{-1'000'000, 1'000'000};

  EXPECT_EQ(DrawNumber(Seed(1), range), DrawNumber(Seed(1), range));
  EXPECT_NE(DrawNumber(Seed(1), range), DrawNumber(Seed(2), range));
}

TEST(DrawNumberTest, EachNumberOfTheRangeIsAboutAsFrequentAsAnother) {
  std::array<int, 6> counts{};
  for (int i = 0; i < 6000; ++i) ++counts.at(DrawNumber(Seed(i), {1, 6}) - 1);

  for (const int count : counts) EXPECT_NEAR(count, 1000, 150);
}

TEST(DrawNumberTest, AllInt64AreARange) {
  const RandomRange all{INT64_MIN, INT64_MAX};

  EXPECT_NE(DrawNumber(Seed(1), all), DrawNumber(Seed(2), all));
  EXPECT_EQ(DrawNumber(Seed(1), {INT64_MAX, INT64_MAX}), INT64_MAX);
  EXPECT_LE(DrawNumber(Seed(3), {INT64_MIN, INT64_MAX - 1}), INT64_MAX - 1);
}

}  // namespace
}  // namespace orrery::graph
