#include "controller/daemon/settings.h"

#include "controller/daemon/configuration.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

using ::testing::HasSubstr;

constexpr const char* kFile = R"(
root: /srv/orrery
retain_for: 30d
retain_count: 10000
gc_interval: 10m
blob_grace: 2h
)";

TEST(SettingsTest, ByDefaultEverythingIsKept) {
  const Settings settings = MakeSettings({}, {.root = "/r"}, {}).value();

  EXPECT_FALSE(settings.collects_garbage());
  EXPECT_EQ(settings.retention.age_max, absl::InfiniteDuration());
  EXPECT_EQ(settings.blob_grace, absl::Hours(24));
}

TEST(SettingsTest, RetentionIsReadFromTheConfiguration) {
  const SettingSource file = ParseConfiguration(kFile, "orrery.yaml").value();

  const Settings settings = MakeSettings({}, file, {}).value();

  EXPECT_TRUE(settings.collects_garbage());
  EXPECT_EQ(settings.retention.age_max, absl::Hours(30 * 24));
  EXPECT_EQ(settings.retention.count_max, 10'000u);
  EXPECT_EQ(settings.retention.age_min, absl::Minutes(1)) << "who waits for an end must see it";
  EXPECT_EQ(settings.gc_interval, absl::Minutes(10));
  EXPECT_EQ(settings.blob_grace, absl::Hours(2));
}

TEST(SettingsTest, FlagsOverrideTheConfiguration) {
  const SettingSource file = ParseConfiguration(kFile, "orrery.yaml").value();

  const Settings settings = MakeSettings({.retain_for = "1h", .retain_count = 0}, file, {}).value();

  EXPECT_EQ(settings.retention.age_max, absl::Hours(1));
  EXPECT_EQ(settings.retention.count_max, 0u);
}

TEST(SettingsTest, InvalidDurationsAreNamed) {
  const auto problem = [](SettingSource flags) {
    flags.root = "/r";
    return std::string(MakeSettings(flags, {}, {}).status().message());
  };
  EXPECT_THAT(problem({.retain_for = "soon"}), HasSubstr("retain_for: invalid duration \"soon\""));
  EXPECT_THAT(problem({.blob_grace = "1"}), HasSubstr("blob_grace: invalid duration \"1\""));
  EXPECT_THAT(problem({.gc_interval = "0s"}), HasSubstr("must be at least 1s"));
}

}  // namespace
}  // namespace orrery::daemon
