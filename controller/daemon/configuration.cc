#include "controller/daemon/configuration.h"

#include <functional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "yaml-cpp/yaml.h"

namespace orrery::daemon {
namespace {

// The file and key that an error message names.
class Place {
 public:
  Place(std::string_view path, std::string what) : path_(path), what_(std::move(what)) {}

  absl::Status Error(const YAML::Mark& mark, std::string_view why) const {
    return absl::InvalidArgumentError(
        fmt::format("{}:{}: {}{}", path_, mark.line + 1, what_.empty() ? "" : what_ + ": ", why));
  }
  Place Of(std::string_view key) const {
    return {path_, fmt::format("{}{}{}", what_, what_.empty() ? "" : ".", key)};
  }

 private:
  std::string_view path_;
  std::string what_;
};

template <class T>
absl::StatusOr<T> ReadScalar(const YAML::Node& node, const Place& place, std::string_view kind) {
  T value;
  if (!node.IsScalar() || !YAML::convert<T>::decode(node, value)) {
    return place.Error(node.Mark(), fmt::format("must be {}", kind));
  }
  return value;
}

absl::StatusOr<std::string> ReadText(const YAML::Node& node, const Place& place) {
  return ReadScalar<std::string>(node, place, "text");
}

absl::StatusOr<std::uint32_t> ReadCount(const YAML::Node& node, const Place& place) {
  return ReadScalar<std::uint32_t>(node, place, "a whole number");
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

absl::StatusOr<std::vector<PoolSettings>> ReadPools(const YAML::Node& node, const Place& place) {
  if (!node.IsSequence()) return place.Error(node.Mark(), "must be a list");
  std::vector<PoolSettings> pools;
  for (const YAML::Node& element : node) {
    PoolSettings pool;
    RETURN_IF_ERROR(ReadKeys(element, place,
                             {{"name", Into(pool.name, ReadText)},
                              {"command", Into(pool.command, ReadTexts)},
                              {"size", Into(pool.size, ReadCount)},
                              {"slots", Into(pool.slots, ReadCount)},
                              {"env", Into(pool.environment, ReadTextMap)}}));
    if (pool.name.empty())
      return place.Error(element.Mark(), "pool without a name: add the key name");
    pools.push_back(std::move(pool));
  }
  return pools;
}

absl::StatusOr<SettingSource> ReadConfiguration(const YAML::Node& node, const Place& place) {
  const auto read_flag = [](const YAML::Node& value, const Place& where) {
    return ReadScalar<bool>(value, where, "on or off");
  };
  const auto read_seconds = [](const YAML::Node& value, const Place& where) {
    return ReadScalar<double>(value, where, "a number of seconds");
  };
  const auto read_number = [](const YAML::Node& value, const Place& where) {
    return ReadScalar<std::uint64_t>(value, where, "a whole number");
  };
  SettingSource source;
  if (node.IsNull()) return source;
  RETURN_IF_ERROR(
      ReadKeys(node, place,
               {{"root", Into(source.root, ReadText)},
                {"listen", Into(source.listen, ReadTexts)},
                {"registry", Into(source.registry, ReadText)},
                {"slots", Into(source.slots, ReadCount)},
                {"pool_size", Into(source.pool_size, ReadCount)},
                {"durability", Into(source.durability, ReadText)},
                {"checkpoint_tree", Into(source.checkpoint_tree, read_flag)},
                {"insecure_allow_remote", Into(source.insecure_allow_remote, read_flag)},
                {"reconnect_grace", Into(source.reconnect_grace_seconds, read_seconds)},
                {"out_of_memory_max", Into(source.out_of_memory_max, ReadCount)},
                {"retain_for", Into(source.retain_for, ReadText)},
                {"retain_count", Into(source.retain_count, read_number)},
                {"gc_interval", Into(source.gc_interval, ReadText)},
                {"blob_grace", Into(source.blob_grace, ReadText)},
                {"pools", Into(source.pools, ReadPools)}}));
  return source;
}

}  // namespace

absl::StatusOr<SettingSource> ParseConfiguration(std::string_view text, std::string_view path) {
  const Place place(path, "");
  // The YAML library throws on malformed text.
  try {
    return ReadConfiguration(YAML::Load(std::string(text)), place);
  } catch (const YAML::Exception& error) {
    return place.Error(error.mark, error.msg);
  }
}

}  // namespace orrery::daemon
