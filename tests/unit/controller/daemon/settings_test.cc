#include "controller/daemon/settings.h"

#include <utility>

#include "controller/daemon/configuration.h"
#include "controller/daemon/setting_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kFile = R"(
retain_for: 30d
retain_count: 10000
gc_interval: 10m
blob_grace: 2h
)";

SettingValue Flag(const std::string& key, std::string text) {
  return {.key = key, .texts = {std::move(text)}, .origin = FindSetting(key).flag()};
}

absl::StatusOr<Settings> Make(const std::vector<SettingValue>& flags, std::string_view file = "") {
  std::vector<SettingValue> values = ParseConfiguration(file, "orrery.yaml").value().settings;
  values.insert(values.begin(), Flag("root", "/r"));
  values.insert(values.end(), flags.begin(), flags.end());
  return MakeSettings(values, {});
}

std::string Problem(const std::vector<SettingValue>& flags, std::string_view file = "") {
  return std::string(Make(flags, file).status().message());
}

TEST(SettingsTest, ByDefaultEverythingIsKept) {
  const Settings settings = Make({}).value();

  EXPECT_FALSE(settings.collects_garbage());
  EXPECT_EQ(settings.retain_for, absl::InfiniteDuration());
  EXPECT_EQ(settings.blob_grace, absl::Hours(24));
}

TEST(SettingsTest, DefaultsAreThoseOfTheTable) {
  const Settings settings = Make({}).value();

  EXPECT_EQ(settings.pool_size, 1u);
  EXPECT_EQ(settings.durability, journal::Durability::kDisk);
  EXPECT_EQ(settings.checkpoint_tree, CheckpointExtent::kBounded);
  EXPECT_FALSE(settings.insecure_allow_remote);
  EXPECT_EQ(settings.reconnect_grace, absl::Seconds(30));
  EXPECT_EQ(settings.out_of_memory_max, 2u);
  EXPECT_EQ(settings.gc_interval, absl::Hours(1));
}

TEST(SettingsTest, RetentionIsReadFromTheConfiguration) {
  const Settings settings = Make({}, kFile).value();

  EXPECT_TRUE(settings.collects_garbage());
  EXPECT_EQ(settings.retention().age_max, absl::Hours(30 * 24));
  EXPECT_EQ(settings.retention().count_max, 10'000u);
  EXPECT_EQ(settings.retention().age_min, absl::Minutes(1)) << "who waits for an end must see it";
  EXPECT_EQ(settings.gc_interval, absl::Minutes(10));
  EXPECT_EQ(settings.blob_grace, absl::Hours(2));
}

TEST(SettingsTest, LaterValuesReplaceEarlierOnes) {
  const Settings settings =
      Make({Flag("retain_for", "1h"), Flag("retain_count", "0"), Flag("listen", "[::1]:2")},
           std::string(kFile) + "listen: [127.0.0.1:1, 127.0.0.1:2]\n")
          .value();

  EXPECT_EQ(settings.retain_for, absl::Hours(1));
  EXPECT_EQ(settings.retain_count, 0u);
  EXPECT_THAT(settings.listen, ::testing::ElementsAre(rpc::Address{.host = "::1", .port = 2}));
}

TEST(SettingsTest, ErrorsNameTheFlagOrTheLineOfTheFile) {
  EXPECT_EQ(Problem({Flag("retain_for", "soon")}),
            "--retain-for: invalid duration \"soon\": expected a whole number and a unit, such as "
            "30s, 12h or 7d");
  EXPECT_EQ(
      Problem({}, "\nretain_for: soon"),
      "orrery.yaml:2: retain_for: invalid duration \"soon\": expected a whole number and a unit, "
      "such as 30s, 12h or 7d");
  EXPECT_THAT(Problem({Flag("slots", "8")}, "slots: many"), StartsWith("orrery.yaml:1: slots: "))
      << "although a flag overrides it";
}

TEST(SettingsTest, ValuesOutOfTheirRangeAreRefused) {
  EXPECT_THAT(Problem({Flag("gc_interval", "0s")}),
              HasSubstr("such as 30s, 12h or 7d; at least 1s"));
  EXPECT_THAT(Problem({Flag("pool_size", "1001")}), HasSubstr("a whole number, 1 to 1000"));
  for (const char* text : {"-1", "nan", "inf", "604801", ""}) {
    EXPECT_THAT(Problem({Flag("reconnect_grace", text)}),
                HasSubstr("expected a number of seconds, 0 to 604800"));
  }
  EXPECT_EQ(Make({Flag("reconnect_grace", "0.5")})->reconnect_grace, absl::Milliseconds(500));
}

TEST(SettingsTest, WholeNumbersHaveNothingBesidesTheirDigits) {
  for (const char* text : {"", " 1", "-1", "1 ", "1.5", "18446744073709551616", "x"}) {
    EXPECT_EQ(Problem({Flag("retain_count", text)}),
              fmt::format("--retain-count: invalid number \"{}\": expected a whole number", text));
  }
  EXPECT_EQ(Make({Flag("retain_count", "0x10")})->retain_count, 16u);
}

TEST(SettingsTest, WordsAreThoseOfTheSetting) {
  EXPECT_THAT(Problem({Flag("durability", "paper")}),
              HasSubstr("invalid level \"paper\": expected memory, process or disk"));
  EXPECT_THAT(Problem({Flag("checkpoint_tree", "yes")}),
              HasSubstr("expected bounded, full or off"));
  EXPECT_EQ(Make({Flag("durability", "memory")})->durability, journal::Durability::kMemory);
  EXPECT_FALSE(Make({Flag("checkpoint_tree", "off")})->has_checkpoint_tree());
  EXPECT_EQ(Make({Flag("checkpoint_tree", "full")})->checkpoint_tree, CheckpointExtent::kFull);
}

TEST(SettingsTest, RemoteAddressNeedsToBeAllowed) {
  const std::string file = "root: /r\nlisten: 0.0.0.0:1";
  EXPECT_THAT(Problem({}, file),
              StartsWith("orrery.yaml:2: listen: other machines can reach 0.0.0.0:1"));
  EXPECT_THAT(Problem({Flag("listen", "0.0.0.0:1")}), StartsWith("--listen: other machines"));
  EXPECT_THAT(Problem({Flag("listen", "nonsense")}), StartsWith("--listen: \"nonsense\" is not"));

  EXPECT_TRUE(Make({Flag("listen", "127.0.0.1:1")}, file).ok());
  EXPECT_TRUE(Make({Flag("insecure_allow_remote", "on")}, file).ok());
}

TEST(SettingsTest, RootMustBeKnown) {
  EXPECT_THAT(std::string(MakeSettings({}, {}).status().message()), StartsWith("no root"));
}

}  // namespace
}  // namespace orrery::daemon
