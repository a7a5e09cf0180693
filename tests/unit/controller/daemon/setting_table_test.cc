#include "controller/daemon/setting_table.h"

#include <set>

#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

TEST(SettingTableTest, KeysAreUnique) {
  std::set<std::string> keys;
  for (const Setting& setting : SettingTable()) {
    EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
  }
}

TEST(SettingTableTest, FlagIsTheKeyWithDashes) {
  EXPECT_EQ(FindSetting("out_of_memory_max").flag(), "--out-of-memory-max");
}

TEST(SettingTableTest, EveryDefaultIsAValueOfItsSettingOrANote) {
  for (const Setting& setting : SettingTable()) {
    EXPECT_NE(setting.default_value.empty(), setting.default_note.empty()) << setting.key;
    Settings settings;
    if (!setting.default_value.empty()) {
      EXPECT_TRUE(setting.type.store(settings, {setting.default_value}).ok()) << setting.key;
    }
  }
}

}  // namespace
}  // namespace orrery::daemon
