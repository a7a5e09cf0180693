#include "executors/memory_group.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "base/file.h"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

constexpr std::string_view kCount = "oom_kill ";

// More than any kernel writes there.
constexpr std::uint64_t kKernelFileBytes = 1024 * 1024;

// Returns an empty string if the file cannot be read.
std::string ReadKernelFile(const std::string& path) {
  return ReadFile(path, kKernelFileBytes).value_or("");
}

// Returns the rest of the first line with this prefix; nullopt if no line has it.
std::optional<std::string_view> FindLine(std::string_view text, std::string_view beginning) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(beginning)) return line.substr(beginning.size());
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return std::nullopt;
}

// Version 1: "<number>:memory:<name>", possibly with other controllers.
std::optional<std::string_view> FindVersion1(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second != std::string_view::npos) {
      const std::string controllers =
          fmt::format(",{},", line.substr(first + 1, second - first - 1));
      if (controllers.find(",memory,") != std::string::npos) return line.substr(second + 1);
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ReadCount(const std::string& path) {
  const std::string text = ReadKernelFile(path);
  const std::optional<std::string_view> digits = FindLine(text, kCount);
  if (!digits.has_value()) return std::nullopt;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), count);
  if (error != std::errc()) return std::nullopt;
  return count;
}

}  // namespace

std::optional<MemoryGroup> FindMemoryGroup(std::int64_t process_id, const std::string& root) {
  const std::string text = ReadKernelFile(fmt::format("{}/proc/{}/cgroup", root, process_id));
  MemoryGroup group;
  if (const auto version_1 = FindVersion1(text)) {
    group.name = *version_1;
    group.events_path =
        fmt::format("{}/sys/fs/cgroup/memory{}/memory.oom_control", root, group.name);
  } else if (const auto version_2 = FindLine(text, "0::")) {
    group.name = *version_2;
    group.events_path = fmt::format("{}/sys/fs/cgroup{}/memory.events", root, group.name);
  }
  if (group.name.empty() || group.name == "/") return std::nullopt;
  const std::optional<std::uint64_t> kills = CountKills(group);
  if (!kills.has_value()) return std::nullopt;
  group.kills = *kills;
  return group;
}

std::optional<std::uint64_t> CountKills(const MemoryGroup& group) {
  return ReadCount(group.events_path);
}

}  // namespace orrery::executors
