// How often the kernel has killed a process of a control group for its memory: the evidence that
// tells such a death from any other SIGKILL. Both versions of control groups are read, where they
// usually are, and no privilege is needed.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace orrery::executors {

struct MemoryGroup {
  // "/workers.slice"
  std::string name;
  // The kernel's file with the count.
  std::string events_path;
  std::uint64_t kills = 0;
};

// That of a living process; `root` is in front of every path that is read. Absent: it is in none
// that counts, such as the root of all groups, or the kernel does not say.
std::optional<MemoryGroup> FindMemoryGroup(std::int64_t process_id, const std::string& root = "");

// The count as it is now; absent if the group is gone.
std::optional<std::uint64_t> CountKills(const MemoryGroup& group);

}  // namespace orrery::executors
