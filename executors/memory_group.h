// Counts the processes that the kernel has killed in a control group for lack of memory, which
// distinguishes such a death from any other SIGKILL. Supports both versions of control groups at
// their usual paths, without privileges.
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

// Returns the control group of a living process. `root` is prepended to every path. Returns nullopt
// if the process is in no group with a count, such as the root group, or if the kernel does not
// tell.
std::optional<MemoryGroup> FindMemoryGroup(std::int64_t process_id, const std::string& root = "");

// Returns the current count, or nullopt if the group no longer exists.
std::optional<std::uint64_t> CountKills(const MemoryGroup& group);

}  // namespace orrery::executors
