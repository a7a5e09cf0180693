#include "controller/daemon/setting_table.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "fmt/format.h"

namespace orrery::daemon {
namespace {

// `parse` returns no value for a text that is not one of `values`; `noun` is for the error message.
template <class T, class Parse>
SettingType OneValue(const std::string& placeholder, const std::string& noun,
                     const std::string& values, T Settings::*field, Parse parse) {
  auto store = [=](Settings& settings, const std::vector<std::string>& texts) -> absl::Status {
    CHECK(texts.size() == 1);
    const std::optional<T> value = parse(texts.front());
    if (!value.has_value()) {
      return absl::InvalidArgumentError(
          fmt::format("invalid {} \"{}\": expected {}", noun, texts.front(), values));
    }
    settings.*field = *value;
    return absl::OkStatus();
  };
  return {.placeholder = placeholder, .values = values, .store = store};
}

SettingType PathType(std::string Settings::*field) {
  return OneValue("DIR", "path", "a path", field,
                  [](const std::string& text) { return std::optional(text); });
}

SettingType AddressesType(std::vector<rpc::Address> Settings::*field) {
  auto store = [=](Settings& settings, const std::vector<std::string>& texts) -> absl::Status {
    std::vector<rpc::Address> addresses;
    for (const std::string& text : texts) {
      ASSIGN_OR_RETURN(rpc::Address address, rpc::Address::Parse(text));
      addresses.push_back(std::move(address));
    }
    settings.*field = std::move(addresses);
    return absl::OkStatus();
  };
  return {.shape = SettingShape::kTexts,
          .placeholder = "ADDR",
          .values = "an address, or a list of addresses",
          .store = store};
}

// Parses a decimal, hexadecimal (0x10) or octal (020) number.
std::optional<std::uint64_t> ParseWholeNumber(const std::string& text) {
  // strtoull would also skip spaces and negate.
  if (text.empty() || (text.front() != '+' && !absl::ascii_isdigit(text.front()))) return {};
  char* end = nullptr;
  errno = 0;
  const std::uint64_t number = std::strtoull(text.c_str(), &end, 0);
  if (errno != 0 || end != text.c_str() + text.size()) return {};
  return number;
}

template <class T>
SettingType NumberType(T Settings::*field, std::uint64_t min = 0,
                       std::uint64_t max = std::numeric_limits<T>::max()) {
  const bool has_range = min > 0 || max < std::numeric_limits<T>::max();
  const std::string range = has_range ? fmt::format(", {} to {}", min, max) : "";
  return OneValue("N", "number", "a whole number" + range, field,
                  [=](const std::string& text) -> std::optional<T> {
                    const std::optional<std::uint64_t> number = ParseWholeNumber(text);
                    if (!number.has_value() || *number < min || *number > max) return {};
                    return static_cast<T>(*number);
                  });
}

SettingType DurationType(absl::Duration Settings::*field,
                         absl::Duration min = absl::ZeroDuration()) {
  const bool has_min = min > absl::ZeroDuration();
  const std::string range = has_min ? fmt::format("; at least {}", absl::FormatDuration(min)) : "";
  return OneValue("DURATION", "duration",
                  "a whole number and a unit, such as 30s, 12h or 7d" + range, field,
                  [=](const std::string& text) -> std::optional<absl::Duration> {
                    const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
                    if (!duration.ok() || *duration < min) return {};
                    return *duration;
                  });
}

SettingType SecondsType(absl::Duration Settings::*field, absl::Duration max) {
  const double seconds_max = absl::ToDoubleSeconds(max);
  return OneValue("SECONDS", "number", fmt::format("a number of seconds, 0 to {}", seconds_max),
                  field, [=](const std::string& text) -> std::optional<absl::Duration> {
                    double seconds = 0;
                    if (!absl::SimpleAtod(text, &seconds)) return {};
                    // This form refuses NaN, too.
                    if (!(seconds >= 0 && seconds <= seconds_max)) return {};
                    return absl::Seconds(seconds);
                  });
}

SettingType SwitchType(const std::string& placeholder, bool Settings::*field) {
  SettingType type = OneValue(placeholder, "value", "on or off", field,
                              [](const std::string& text) -> std::optional<bool> {
                                if (text != "on" && text != "off") return {};
                                return text == "on";
                              });
  type.shape = SettingShape::kSwitch;
  return type;
}

SettingType DurabilityType(journal::Durability Settings::*field) {
  return OneValue("LEVEL", "level", "memory, process or disk", field,
                  [](const std::string& text) -> std::optional<journal::Durability> {
                    const absl::StatusOr<journal::Durability> level =
                        journal::ParseDurability(text);
                    if (!level.ok()) return {};
                    return *level;
                  });
}

SettingType CheckpointExtentType(CheckpointExtent Settings::*field) {
  return OneValue("EXTENT", "extent", "bounded, full or off", field,
                  [](const std::string& text) -> std::optional<CheckpointExtent> {
                    if (text == "bounded") return CheckpointExtent::kBounded;
                    if (text == "full") return CheckpointExtent::kFull;
                    if (text == "off") return CheckpointExtent::kOff;
                    return {};
                  });
}

const std::vector<Setting> kSettings = {
    {.key = "root",
     .type = PathType(&Settings::root),
     .default_note = "$ORRERY_HOME, or ~/.orrery",
     .effect = "Folder of the store, sockets and logs"},
    {.key = "listen",
     .type = AddressesType(&Settings::listen),
     .default_note = "none",
     .effect = "Listen also on host:port, [ipv6]:port or unix:path; may be repeated"},
    {.key = "registry",
     .type = PathType(&Settings::registry),
     .default_note = "none",
     .effect = "Start a pool of workers for each program DIR/<name> or DIR/<name>/main"},
    {.key = "slots",
     .type = NumberType(&Settings::slots, 1, model::kWorkerSlots.max),
     .default_note = "the number of cores",
     .effect = "Attempts that each worker of a pool runs at the same time"},
    {.key = "pool_size",
     .type = NumberType(&Settings::pool_size, 1, kPoolSizeMax),
     .default_value = "1",
     .effect = "Worker processes of each pool"},
    {.key = "durability",
     .type = DurabilityType(&Settings::durability),
     .default_value = "disk",
     .effect = "Durability of acknowledged outcomes: memory (none), process (survives a crash of "
               "orreryd) or disk (survives a power cut)"},
    {.key = "checkpoint_tree",
     .type = CheckpointExtentType(&Settings::checkpoint_tree),
     .default_value = "bounded",
     .effect = "Write outcomes as files under ROOT/checkpoints: those of every node of the root "
               "graph and of the first 1,000 nodes inside evals, loops and maps (bounded), of all "
               "nodes (full), or of none (off)"},
    {.key = "insecure_allow_remote",
     .type = SwitchType("", &Settings::insecure_allow_remote),
     .default_value = "off",
     .effect = "Allow --listen addresses that other machines can reach; no encryption, no "
               "authentication"},
    {.key = "reconnect_grace",
     .type = SecondsType(&Settings::reconnect_grace, absl::Hours(7 * 24)),
     .default_value = "30",
     .effect = "How long a worker whose connection is lost keeps its attempts"},
    {.key = "out_of_memory_max",
     .type = NumberType(&Settings::out_of_memory_max, 1, 1000),
     .default_value = "2",
     .effect = "Fail a node after the kernel has killed N pool workers for their memory while "
               "they ran it"},
    {.key = "retain_for",
     .type = DurationType(&Settings::retain_for),
     .default_note = "never",
     .effect = "Delete workflows that finished longer ago than this, such as 30d"},
    {.key = "retain_count",
     .type = NumberType(&Settings::retain_count),
     .default_note = "all",
     .effect = "Keep only the N most recently finished workflows"},
    {.key = "gc_interval",
     .type = DurationType(&Settings::gc_interval, absl::Seconds(1)),
     .default_value = "1h",
     .effect = "Interval between removals of deleted workflows' data from the store"},
    {.key = "blob_grace",
     .type = DurationType(&Settings::blob_grace),
     .default_value = "1d",
     .effect = "Remove blobs that nothing refers to when they are older than this"},
};

}  // namespace

std::string Setting::flag() const {
  std::string name = key;
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

const std::vector<Setting>& SettingTable() { return kSettings; }

const Setting& FindSetting(std::string_view key) {
  const auto setting = std::ranges::find(kSettings, key, &Setting::key);
  CHECK(setting != kSettings.end());
  return *setting;
}

}  // namespace orrery::daemon
