#include "controller/daemon/settings.h"

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "base/time_text.h"
#include "fmt/format.h"
#include "graph/name.h"

namespace orrery::daemon {
namespace {

template <class T>
T Choose(const std::optional<T>& flag, const std::optional<T>& file, T otherwise) {
  if (flag.has_value()) return *flag;
  return file.value_or(std::move(otherwise));
}

absl::Status CheckRange(std::string_view what, std::uint32_t value, std::uint32_t max) {
  if (value >= 1 && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format("{} is {}, but must be 1 to {}", what, value, max));
}

absl::StatusOr<std::vector<rpc::Address>> ParseListen(const std::vector<std::string>& texts,
                                                      bool remote_is_allowed) {
  std::vector<rpc::Address> addresses;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(rpc::Address address, rpc::Address::Parse(text));
    if (!address.is_local() && !remote_is_allowed) {
      return absl::InvalidArgumentError(fmt::format(
          "other machines can reach {}, and the controller has no authentication: listen on a "
          "loopback address or unix socket, or add --insecure-allow-remote",
          text));
    }
    addresses.push_back(std::move(address));
  }
  return addresses;
}

// Parses the flag, else the file's value, else returns `otherwise`. Errors name the `setting`.
absl::StatusOr<absl::Duration> ChooseDuration(const std::optional<std::string>& flag,
                                              const std::optional<std::string>& file,
                                              std::string_view setting, absl::Duration otherwise) {
  const std::optional<std::string>& text = flag.has_value() ? flag : file;
  if (!text.has_value()) return otherwise;
  const absl::StatusOr<absl::Duration> duration = ParseDuration(*text);
  if (duration.ok()) return duration;
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", setting, std::string(duration.status().message())));
}

absl::Status CheckPools(const std::vector<PoolSettings>& pools) {
  std::set<std::string> names;
  for (const PoolSettings& pool : pools) {
    if (std::string problem = graph::NameProblem(pool.name); !problem.empty()) {
      return absl::InvalidArgumentError(fmt::format("pool name \"{}\" {}", pool.name, problem));
    }
    if (!names.insert(pool.name).second) {
      return absl::InvalidArgumentError(
          fmt::format("two pools have the name \"{}\": rename one", pool.name));
    }
    if (pool.command.empty() || pool.command.front().empty()) {
      return absl::InvalidArgumentError(
          fmt::format("pool \"{}\" has no command: add the key command", pool.name));
    }
    RETURN_IF_ERROR(CheckRange(fmt::format("size of pool \"{}\"", pool.name), pool.size.value_or(1),
                               kPoolSizeMax));
    RETURN_IF_ERROR(CheckRange(fmt::format("slots of pool \"{}\"", pool.name),
                               pool.slots.value_or(1), kSlotsMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Settings> MakeSettings(const SettingSource& flags, const SettingSource& file,
                                      const SettingDefaults& defaults) {
  Settings settings;
  settings.root = Choose(flags.root, file.root, defaults.root);
  if (settings.root.empty()) {
    return absl::InvalidArgumentError("no root: set HOME or ORRERY_HOME, or add --root DIR");
  }
  ASSIGN_OR_RETURN(settings.listen, ParseListen(Choose(flags.listen, file.listen, {}),
                                                Choose(flags.insecure_allow_remote,
                                                       file.insecure_allow_remote, false)));
  settings.registry = Choose(flags.registry, file.registry, std::string());
  settings.slots = Choose(flags.slots, file.slots, defaults.slots);
  RETURN_IF_ERROR(CheckRange("slots", settings.slots, kSlotsMax));
  settings.pool_size = Choose(flags.pool_size, file.pool_size, std::uint32_t{1});
  RETURN_IF_ERROR(CheckRange("pool_size", settings.pool_size, kPoolSizeMax));
  ASSIGN_OR_RETURN(
      settings.durability,
      journal::ParseDurability(Choose(flags.durability, file.durability, std::string("disk"))));
  settings.checkpoint_tree = Choose(flags.checkpoint_tree, file.checkpoint_tree, true);
  const double grace = Choose(flags.reconnect_grace_seconds, file.reconnect_grace_seconds,
                              absl::ToDoubleSeconds(settings.reconnect_grace));
  // This form refuses NaN, too.
  if (!(grace >= 0 && grace <= 7 * 24 * 3600)) {
    return absl::InvalidArgumentError(
        fmt::format("reconnect_grace is {} s, but must be 0 to 604800 s", grace));
  }
  settings.reconnect_grace = absl::Seconds(grace);
  settings.out_of_memory_max =
      Choose(flags.out_of_memory_max, file.out_of_memory_max, settings.out_of_memory_max);
  RETURN_IF_ERROR(CheckRange("out_of_memory_max", settings.out_of_memory_max, kOutOfMemoryMax));
  ASSIGN_OR_RETURN(
      settings.retention.age_max,
      ChooseDuration(flags.retain_for, file.retain_for, "retain_for", settings.retention.age_max));
  settings.retention.count_max =
      Choose(flags.retain_count, file.retain_count, settings.retention.count_max);
  ASSIGN_OR_RETURN(settings.gc_interval, ChooseDuration(flags.gc_interval, file.gc_interval,
                                                        "gc_interval", settings.gc_interval));
  if (settings.gc_interval < absl::Seconds(1)) {
    return absl::InvalidArgumentError("gc_interval is 0s, but must be at least 1s");
  }
  ASSIGN_OR_RETURN(settings.blob_grace, ChooseDuration(flags.blob_grace, file.blob_grace,
                                                       "blob_grace", settings.blob_grace));
  settings.pools = file.pools;
  RETURN_IF_ERROR(CheckPools(settings.pools));
  return settings;
}

}  // namespace orrery::daemon
