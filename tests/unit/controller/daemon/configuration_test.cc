#include "controller/daemon/configuration.h"

#include "controller/daemon/setting_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Problem(std::string_view text) {
  return std::string(ParseConfiguration(text, "orrery.yaml").status().message());
}

TEST(ConfigurationTest, EverySettingIsAKey) {
  for (const Setting& setting : SettingTable()) {
    const Configuration file = ParseConfiguration(setting.key + ": x", "orrery.yaml").value();

    ASSERT_EQ(file.settings.size(), 1u) << setting.key;
    EXPECT_EQ(file.settings[0].key, setting.key);
    EXPECT_EQ(file.settings[0].origin, "orrery.yaml:1: " + setting.key);
  }
}

TEST(ConfigurationTest, OnlyAListOfAddressesMayBeAList) {
  const Configuration file = ParseConfiguration("listen: [a, b]", "orrery.yaml").value();

  EXPECT_THAT(file.settings[0].texts, ElementsAre("a", "b"));
  EXPECT_EQ(Problem("\nslots: [1]"), "orrery.yaml:2: slots: must be a whole number, 1 to 4096");
  EXPECT_EQ(Problem("root:"), "orrery.yaml:1: root: must be a path");
}

TEST(ConfigurationTest, SwitchesAreBooleansOfYaml) {
  const Configuration file = ParseConfiguration("insecure_allow_remote: No", "orrery.yaml").value();

  EXPECT_THAT(file.settings[0].texts, ElementsAre("off"));
}

TEST(ConfigurationTest, UnknownKeyIsAnsweredWithTheKnownOnes) {
  EXPECT_THAT(Problem("speed: 1"), HasSubstr("unknown key \"speed\": expected one of blob_grace"));
  EXPECT_THAT(Problem("speed: 1"), HasSubstr("pools"));
}

TEST(ConfigurationTest, PoolsAreReadWithTheirKeys) {
  const Configuration file = ParseConfiguration(R"(
pools:
- {name: a, command: [run, --fast], size: 2, slots: 3, env: {A: "1"}}
- {name: b, command: run}
)",
                                                "orrery.yaml")
                                 .value();

  EXPECT_THAT(file.pools, ElementsAre(PoolSettings{.name = "a",
                                                   .command = {"run", "--fast"},
                                                   .size = 2,
                                                   .slots = 3,
                                                   .environment = {{"A", "1"}}},
                                      PoolSettings{.name = "b", .command = {"run"}}));
}

TEST(ConfigurationTest, WrongPoolsAreRefusedWithTheirLine) {
  EXPECT_THAT(Problem("pools:\n- {command: run}"),
              HasSubstr("orrery.yaml:2: pools: pool without a name"));
  EXPECT_THAT(Problem("pools:\n- {name: a}"), HasSubstr("pool \"a\" has no command"));
  EXPECT_THAT(Problem("pools:\n- {name: a/b, command: run}"), HasSubstr("pool name \"a/b\""));
  EXPECT_EQ(Problem("pools:\n- {name: a, command: run}\n- {name: a, command: run}"),
            "orrery.yaml:3: pools: two pools have the name \"a\": rename one");
  EXPECT_EQ(Problem("pools:\n- name: a\n  size: 0"),
            "orrery.yaml:3: pools.size: must be a whole number, 1 to 1000");
}

}  // namespace
}  // namespace orrery::daemon
