#include "client/cpp/branch.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace orrery::client {
namespace {

using Int = std::int64_t;

TEST(BranchTypeTest, IsTheTypeThatTakesBoth) {
  EXPECT_TRUE((std::same_as<BranchType<Port<Int>, int>, Int>));
  EXPECT_TRUE((std::same_as<BranchType<Port<Int>, Port<double>>, double>));
  EXPECT_TRUE((std::same_as<BranchType<Port<double>, Port<Int>>, double>));
  EXPECT_TRUE((std::same_as<BranchType<Port<std::optional<Int>>, int>, std::optional<Int>>));
}

TEST(BranchLikeTest, BranchesOfDifferentTypesAreRefused) {
  EXPECT_TRUE((BranchLike<Port<std::string>, const char*>));
  EXPECT_FALSE((BranchLike<Port<std::string>, Port<Int>>));
  EXPECT_FALSE((BranchLike<bool, int>));
}

}  // namespace
}  // namespace orrery::client
