#include "graph/check/problem_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

TEST(ProblemListTest, PlacesAreInTheOrderOfTheGraph) {
  ProblemList list;
  for (const char* const place : {"-.N10", "-.N2", "-.N2.N1", "-", "-.N2.N0"}) {
    list.Add({.location = place});
  }

  EXPECT_THAT(
      std::move(list).Take(),
      ElementsAre(Field(&Problem::location, "-"), Field(&Problem::location, "-.N2"),
                  Field(&Problem::location, "-.N2.N0"), Field(&Problem::location, "-.N2.N1"),
                  Field(&Problem::location, "-.N10")));
}

TEST(ProblemListTest, APlaceIsReportedOnce) {
  ProblemList list;
  EXPECT_FALSE(list.Has("-.N1", "a"));
  list.AddOnce({.location = "-.N1", .port = "a", .message = "first"});
  list.AddOnce({.location = "-.N1", .port = "a", .message = "second"});
  list.AddOnce({.location = "-.N1", .port = "b", .message = "third"});

  EXPECT_TRUE(list.Has("-.N1", "a"));
  EXPECT_THAT(std::move(list).Take(),
              ElementsAre(Field(&Problem::message, "first"), Field(&Problem::message, "third")));
}

TEST(ProblemListTest, NoMoreThanTheLimitAreKept) {
  ProblemList list;
  for (std::size_t i = 0; i < kLimits.problems.max; ++i) {
    EXPECT_FALSE(list.is_full());
    list.Add({.location = "-"});
  }
  EXPECT_TRUE(list.is_full());
  list.Add({.location = "-"});
  list.AddOnce({.location = "-"});

  EXPECT_EQ(std::move(list).Take().size(), kLimits.problems.max);
}

}  // namespace
}  // namespace orrery::graph
