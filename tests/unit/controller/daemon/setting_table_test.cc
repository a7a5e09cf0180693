#include "controller/daemon/setting_table.h"

#include <cstdlib>
#include <set>

#include "absl/strings/str_replace.h"
#include "base/file.h"
#include "gtest/gtest.h"

namespace orrery::daemon {
namespace {

constexpr const char* kPage = "docs/settings.md";
constexpr std::uint64_t kPageBytesMax = 1024 * 1024;

std::string TableOfDocs() {
  std::string table =
      "\n| flag | key | values | default | effect |\n| --- | --- | --- | --- | --- |\n";
  for (const Setting& setting : SettingTable()) {
    const bool has_value = !setting.type.placeholder.empty();
    const std::string usage = setting.flag() + (has_value ? " " + setting.type.placeholder : "");
    const std::string& value = setting.default_value;
    table += fmt::format(
        "| `{}` | `{}` | {} | {} | {} |\n", absl::StrReplaceAll(usage, {{"|", "\\|"}}), setting.key,
        setting.type.values, value.empty() ? setting.default_note : "`" + value + "`",
        absl::StrReplaceAll(setting.effect, {{"<", "&lt;"}}));
  }
  return table + "\n";
}

// Returns the page with the table between its two comments renewed.
std::string Renewed(const std::string& page) {
  const std::size_t start = page.find("-->\n", page.find("<!-- Generated")) + 4;
  return page.substr(0, start) + TableOfDocs() + page.substr(page.find("<!-- End"));
}

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

TEST(SettingTableTest, DocsHaveTheTable) {
  const std::string page = ReadFile(kPage, kPageBytesMax).value();
  if (std::getenv("ORRERY_WRITE_DOCS") != nullptr) {
    ASSERT_TRUE(WriteFileAtomically(kPage, Renewed(page), Sync::kNone).ok());
    return;
  }

  EXPECT_TRUE(page == Renewed(page)) << kPage << " is out of date: run tools/dev docs";
}

}  // namespace
}  // namespace orrery::daemon
