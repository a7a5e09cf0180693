#include "controller/options.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFile = R"(
root: /srv/orrery
retain_for: 30d
retain_count: 10000
gc_interval: 10m
blob_grace: 2h
)";

TEST(OptionsTest, ByDefaultEverythingIsKept) {
  const Options options = MakeOptions({}, {.root = "/r"}, {}).value();

  EXPECT_FALSE(options.collects_garbage());
  EXPECT_EQ(options.retention.age_max, absl::InfiniteDuration());
  EXPECT_EQ(options.blob_grace, absl::Hours(24));
}

TEST(OptionsTest, RetentionIsReadFromTheConfiguration) {
  const OptionSource file = ParseConfiguration(kFile, "orrery.yaml").value();

  const Options options = MakeOptions({}, file, {}).value();

  EXPECT_TRUE(options.collects_garbage());
  EXPECT_EQ(options.retention.age_max, absl::Hours(30 * 24));
  EXPECT_EQ(options.retention.count_max, 10'000u);
  EXPECT_EQ(options.retention.age_min, absl::Minutes(1)) << "who waits for an end must see it";
  EXPECT_EQ(options.gc_interval, absl::Minutes(10));
  EXPECT_EQ(options.blob_grace, absl::Hours(2));
}

TEST(OptionsTest, FlagsOverrideTheConfiguration) {
  const OptionSource file = ParseConfiguration(kFile, "orrery.yaml").value();

  const Options options = MakeOptions({.retain_for = "1h", .retain_count = 0}, file, {}).value();

  EXPECT_EQ(options.retention.age_max, absl::Hours(1));
  EXPECT_EQ(options.retention.count_max, 0u);
}

TEST(OptionsTest, InvalidDurationsAreNamed) {
  const auto problem = [](OptionSource flags) {
    flags.root = "/r";
    return std::string(MakeOptions(flags, {}, {}).status().message());
  };
  EXPECT_THAT(problem({.retain_for = "soon"}), HasSubstr("retain_for: invalid duration \"soon\""));
  EXPECT_THAT(problem({.blob_grace = "1"}), HasSubstr("blob_grace: invalid duration \"1\""));
  EXPECT_THAT(problem({.gc_interval = "0s"}), HasSubstr("must be at least 1s"));
}

}  // namespace
}  // namespace orrery
