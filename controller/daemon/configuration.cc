#include "controller/daemon/configuration.h"

#include <functional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "controller/daemon/setting_table.h"
#include "fmt/format.h"
#include "graph/name.h"
#include "yaml-cpp/yaml.h"

namespace orrery::daemon {
namespace {

// The file and key that an error message names.
class Place {
 public:
  Place(std::string_view path, std::string what) : path_(path), what_(std::move(what)) {}

  // "orrery.yaml:3: slots", or "orrery.yaml:3" for the file as a whole.
  std::string At(const YAML::Mark& mark) const {
    return fmt::format("{}:{}{}{}", path_, mark.line + 1, what_.empty() ? "" : ": ", what_);
  }
  absl::Status Error(const YAML::Mark& mark, std::string_view why) const {
    return absl::InvalidArgumentError(fmt::format("{}: {}", At(mark), why));
  }
  Place Of(std::string_view key) const {
    return {path_, fmt::format("{}{}{}", what_, what_.empty() ? "" : ".", key)};
  }

 private:
  std::string_view path_;
  std::string what_;
};

absl::StatusOr<std::string> ReadText(const YAML::Node& node, const Place& place) {
  if (!node.IsScalar()) return place.Error(node.Mark(), "must be text");
  return node.Scalar();
}

// Returns a reader of a whole number from 1 to `max`.
auto ReadCountUpTo(std::uint32_t max) {
  return [max](const YAML::Node& node, const Place& place) -> absl::StatusOr<std::uint32_t> {
    std::uint32_t count = 0;
    if (!node.IsScalar() || !YAML::convert<std::uint32_t>::decode(node, count) || count < 1 ||
        count > max) {
      return place.Error(node.Mark(), fmt::format("must be a whole number, 1 to {}", max));
    }
    return count;
  };
}

// Reads one text, or a list of texts.
absl::StatusOr<std::vector<std::string>> ReadTexts(const YAML::Node& node, const Place& place) {
  std::vector<std::string> texts;
  if (!node.IsSequence()) {
    ASSIGN_OR_RETURN(std::string text, ReadText(node, place));
    texts.push_back(std::move(text));
    return texts;
  }
  for (const YAML::Node& element : node) {
    ASSIGN_OR_RETURN(std::string text, ReadText(element, place));
    texts.push_back(std::move(text));
  }
  return texts;
}

absl::StatusOr<std::map<std::string, std::string>> ReadTextMap(const YAML::Node& node,
                                                               const Place& place) {
  if (!node.IsMap()) return place.Error(node.Mark(), "must be a map of keys to text");
  std::map<std::string, std::string> texts;
  for (const auto& entry : node) {
    ASSIGN_OR_RETURN(const std::string name, ReadText(entry.first, place));
    ASSIGN_OR_RETURN(texts[name], ReadText(entry.second, place.Of(name)));
  }
  return texts;
}

using KeyReader = std::function<absl::Status(const YAML::Node&, const Place&)>;

// Returns a reader that stores the result of `read` in `target`, which must outlive the reader.
template <class Target, class Read>
KeyReader Into(Target& target, Read read) {
  return [&target, read](const YAML::Node& node, const Place& place) -> absl::Status {
    ASSIGN_OR_RETURN(target, read(node, place));
    return absl::OkStatus();
  };
}

absl::Status ReadKeys(const YAML::Node& node, const Place& place,
                      const std::map<std::string, KeyReader>& readers) {
  if (!node.IsMap()) return place.Error(node.Mark(), "must be a map of keys to values");
  std::set<std::string> seen;
  for (const auto& entry : node) {
    ASSIGN_OR_RETURN(const std::string key, ReadText(entry.first, place));
    const auto reader = readers.find(key);
    if (reader == readers.end()) {
      std::string known;
      for (const auto& [name, unused] : readers) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", name);
      }
      return place.Error(entry.first.Mark(),
                         fmt::format("unknown key \"{}\": expected one of {}", key, known));
    }
    if (!seen.insert(key).second) {
      return place.Error(entry.first.Mark(),
                         fmt::format("duplicate key \"{}\": give it once", key));
    }
    RETURN_IF_ERROR(reader->second(entry.second, place.Of(key)));
  }
  return absl::OkStatus();
}

// Returns what is wrong with the pool; empty: nothing.
std::string PoolProblem(const PoolSettings& pool, const std::set<std::string>& other_names) {
  if (pool.name.empty()) return "pool without a name: add the key name";
  if (std::string problem = graph::NameProblem(pool.name); !problem.empty()) {
    return fmt::format("pool name \"{}\" {}", pool.name, problem);
  }
  if (other_names.contains(pool.name)) {
    return fmt::format("two pools have the name \"{}\": rename one", pool.name);
  }
  if (pool.command.empty() || pool.command.front().empty()) {
    return fmt::format("pool \"{}\" has no command: add the key command", pool.name);
  }
  return "";
}

absl::StatusOr<std::vector<PoolSettings>> ReadPools(const YAML::Node& node, const Place& place) {
  if (!node.IsSequence()) return place.Error(node.Mark(), "must be a list");
  std::vector<PoolSettings> pools;
  std::set<std::string> names;
  for (const YAML::Node& element : node) {
    PoolSettings pool;
    RETURN_IF_ERROR(ReadKeys(element, place,
                             {{"name", Into(pool.name, ReadText)},
                              {"command", Into(pool.command, ReadTexts)},
                              {"size", Into(pool.size, ReadCountUpTo(kPoolSizeMax))},
                              {"slots", Into(pool.slots, ReadCountUpTo(model::kWorkerSlots.max))},
                              {"env", Into(pool.environment, ReadTextMap)}}));
    if (const std::string problem = PoolProblem(pool, names); !problem.empty()) {
      return place.Error(element.Mark(), problem);
    }
    names.insert(pool.name);
    pools.push_back(std::move(pool));
  }
  return pools;
}

absl::StatusOr<SettingValue> ReadSetting(const Setting& setting, const YAML::Node& node,
                                         const Place& place) {
  const SettingShape shape = setting.type.shape;
  const bool is_list = shape == SettingShape::kTexts && node.IsSequence();
  if (!node.IsScalar() && !is_list) {
    return place.Error(node.Mark(), fmt::format("must be {}", setting.type.values));
  }
  SettingValue value{.key = setting.key, .origin = place.At(node.Mark())};
  ASSIGN_OR_RETURN(value.texts, ReadTexts(node, place));
  bool is_on = false;
  if (shape == SettingShape::kSwitch && YAML::convert<bool>::decode(node, is_on)) {
    value.texts = {is_on ? "on" : "off"};
  }
  return value;
}

absl::StatusOr<Configuration> ReadConfiguration(const YAML::Node& node, const Place& place) {
  Configuration configuration;
  if (node.IsNull()) return configuration;
  std::map<std::string, KeyReader> readers{{"pools", Into(configuration.pools, ReadPools)}};
  for (const Setting& setting : SettingTable()) {
    readers[setting.key] = [&](const YAML::Node& value, const Place& where) -> absl::Status {
      ASSIGN_OR_RETURN(SettingValue read, ReadSetting(setting, value, where));
      configuration.settings.push_back(std::move(read));
      return absl::OkStatus();
    };
  }
  RETURN_IF_ERROR(ReadKeys(node, place, readers));
  return configuration;
}

}  // namespace

absl::StatusOr<Configuration> ParseConfiguration(std::string_view text, std::string_view path) {
  const Place place(path, "");
  // The YAML library throws on malformed text.
  try {
    return ReadConfiguration(YAML::Load(std::string(text)), place);
  } catch (const YAML::Exception& error) {
    return place.Error(error.mark, error.msg);
  }
}

}  // namespace orrery::daemon
