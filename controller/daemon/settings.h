// The values of the settings of orreryd, made from the flags and the configuration file.
// setting_table.h defines each setting.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "controller/journal/journal.h"
#include "model/garbage.h"
#include "rpc/address.h"

namespace orrery::daemon {

inline constexpr std::uint32_t kPoolSizeMax = 1000;

// The nodes that have folders in the checkpoint tree.
enum class CheckpointExtent { kOff, kBounded, kFull };

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

// Made by MakeSettings. The setting table explains each field and has the defaults that are not
// here.
struct Settings {
  std::string root;
  std::vector<rpc::Address> listen;  // Beside the socket of the root.
  std::string registry;              // Empty: none.
  std::uint32_t slots = 0;
  std::uint32_t pool_size = 0;
  journal::Durability durability = {};
  CheckpointExtent checkpoint_tree = {};
  bool insecure_allow_remote = false;
  absl::Duration reconnect_grace;
  std::uint32_t out_of_memory_max = 0;
  absl::Duration retain_for = absl::InfiniteDuration();
  std::uint64_t retain_count = std::numeric_limits<std::uint64_t>::max();
  absl::Duration gc_interval;
  absl::Duration blob_grace;
  std::vector<PoolSettings> pools;

  // The controller keeps a workflow for a minute, so that clients can read its outputs.
  model::Retention retention() const {
    return {.age_max = retain_for, .count_max = retain_count, .age_min = absl::Minutes(1)};
  }
  bool has_checkpoint_tree() const { return checkpoint_tree != CheckpointExtent::kOff; }
  // Tells whether the controller collects garbage periodically: only if it deletes workflows.
  bool collects_garbage() const {
    return retain_for != Settings().retain_for || retain_count != Settings().retain_count;
  }
};

// One setting as the user wrote it.
struct SettingValue {
  std::string key;
  std::vector<std::string> texts;  // Exactly one, unless the setting is a list.
  std::string origin;              // For error messages: "--slots", or "orrery.yaml:3: slots".
};

// Applies `values` in order to the defaults: a later value of a setting replaces an earlier one.
// Every value is checked.
//
// Errors: kInvalidArgument names the origin of a wrong value, or of an address that is not allowed.
absl::StatusOr<Settings> MakeSettings(const std::vector<SettingValue>& values,
                                      std::vector<PoolSettings> pools);

}  // namespace orrery::daemon
