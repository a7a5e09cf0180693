#include "graph/location.h"

#include "graph/limits.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

TEST(LocationTest, IsReadAndWrittenInTheSameForm) {
  for (const char* text : {"-", "-.N0", "-.N-1", "-.N1.L0.N3.M7.N10", "-.N9223372036854775807"}) {
    const absl::StatusOr<Location> location = Location::Parse(text);

    ASSERT_TRUE(location.ok()) << location.status();
    EXPECT_EQ(location->ToString(), text);
  }
}

TEST(LocationTest, ChildAppendsAStep) {
  const Location root;

  EXPECT_EQ(root.Child(StepKind::kNode, 3).Child(StepKind::kIteration, 2).ToString(), "-.N3.L2");
  EXPECT_EQ(root.ToString(), "-");
}

TEST(LocationTest, OtherFormsAreRefused) {
  for (const char* text :
       {"", ".N1", "N1", "-N1", "-.", "-.N", "-.X1", "-.N01", "-.N+1", "-.N1x", "-.N1.", "-.L-1",
        "-.M-1", "-.N-2", "-..N1", "-.N9223372036854775808", "-/N1", "-.N1/../N2"}) {
    EXPECT_EQ(Location::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(LocationTest, DepthIsLimited) {
  std::string text = "-";
  for (std::size_t i = 0; i < kLimits.location_depth.max; ++i) text += ".N1";

  EXPECT_TRUE(Location::Parse(text).ok());
  EXPECT_THAT(std::string(Location::Parse(text + ".N1").status().message()),
              HasSubstr("more than 4096 steps"));
}

}  // namespace
}  // namespace orrery::graph
