// What orreryd is told: by its flags, and by a configuration file, which flags override.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/journal/journal.h"
#include "controller/runtime/api.h"
#include "model/garbage.h"
#include "rpc/address.h"

namespace orrery::daemon {

// Worker processes that are kept running.
struct PoolSettings {
  std::string name;
  std::vector<std::string> command;
  // Absent: the defaults for all pools.
  std::optional<std::uint32_t> size;
  std::optional<std::uint32_t> slots;
  std::map<std::string, std::string> environment;

  friend bool operator==(const PoolSettings&, const PoolSettings&) = default;
};

// Absent fields were not said.
struct SettingSource {
  std::optional<std::string> root;
  std::optional<std::vector<std::string>> listen;
  std::optional<std::string> registry;
  std::optional<std::uint32_t> slots;
  std::optional<std::uint32_t> pool_size;
  std::optional<std::string> durability;
  std::optional<bool> checkpoint_tree;
  std::optional<bool> insecure_allow_remote;
  std::optional<double> reconnect_grace_seconds;
  std::optional<std::uint32_t> out_of_memory_max;
  std::optional<std::string> retain_for;
  std::optional<std::uint64_t> retain_count;
  std::optional<std::string> gc_interval;
  std::optional<std::string> blob_grace;
  std::vector<PoolSettings> pools;
};

struct Settings {
  std::string root;
  // Empty: the default port of the loopback, or a free one.
  std::vector<rpc::Address> listen;
  std::string registry;  // Empty: none.
  std::uint32_t slots = 1;
  std::uint32_t pool_size = 1;
  journal::Durability durability = journal::Durability::kDisk;
  bool checkpoint_tree = true;
  absl::Duration reconnect_grace = absl::Seconds(30);
  // Workers that the kernel may kill for their memory while they run a node before it fails.
  std::uint32_t out_of_memory_max = 2;
  // Of finished workflows. By default, all are kept for ever.
  model::Retention retention{.age_min = absl::Minutes(1)};
  // Between the controller's own collections of garbage.
  absl::Duration gc_interval = absl::Hours(1);
  // Blobs younger than that are never removed.
  absl::Duration blob_grace = absl::Hours(24);
  std::vector<PoolSettings> pools;

  // Whether it does so by itself: there is garbage only where something is forgotten.
  bool collects_garbage() const {
    const model::Retention everything;
    return retention.age_max != everything.age_max || retention.count_max != everything.count_max;
  }
};

inline constexpr std::uint32_t kPoolSizeMax = 1000;
inline constexpr std::uint32_t kSlotsMax = 4096;
inline constexpr std::uint32_t kOutOfMemoryMax = 1000;

// What `environment` stands for: the variables that have a say.
struct SettingDefaults {
  std::string root;  // $ORRERY_HOME, or ~/.orrery.
  std::uint32_t slots = 1;
};

// `flags` where they say something, then `file`, then the defaults. kInvalidArgument: a value is
// wrong, or a remote address is not allowed.
absl::StatusOr<Settings> MakeSettings(const SettingSource& flags, const SettingSource& file,
                                      const SettingDefaults& defaults);

}  // namespace orrery::daemon
