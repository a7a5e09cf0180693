#include "controller/daemon/pools.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "base/utf8.h"
#include "controller/daemon/worker_folder.h"
#include "fmt/format.h"
#include "graph/catalog_json.h"

namespace orrery::daemon {
namespace {

// Of an output without a catalog.
constexpr std::size_t kShownBytes = 200;
constexpr std::string_view kSpaces = " \t\r\n";

std::string_view Stripped(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpaces) + 1 - first);
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

executors::PoolSpec MakePool(const PoolSettings& pool, const Settings& settings,
                             const std::string& server) {
  executors::PoolSpec spec;
  spec.name = pool.name;
  spec.command = pool.command;
  spec.environment = pool.environment;
  spec.environment["ORRERY_SERVER"] = server;
  spec.environment["ORRERY_DIES_WITH_CONTROLLER"] = "1";
  spec.environment["ORRERY_SLOTS"] = fmt::format("{}", pool.slots.value_or(settings.slots));
  spec.environment["ORRERY_HOME"] = settings.root;
  spec.size = pool.size.value_or(settings.pool_size);
  spec.log_directory = settings.root + "/logs/workers";
  return spec;
}

}  // namespace

absl::StatusOr<std::vector<executors::PoolSpec>> MakePools(const Settings& settings,
                                                           const std::string& server) {
  // A pool of the configuration takes the place of a program of the same name.
  std::map<std::string, PoolSettings> pools;
  if (!settings.registry.empty()) {
    ASSIGN_OR_RETURN(std::vector<PoolSettings> found, FindWorkers(settings.registry));
    for (PoolSettings& pool : found) pools[pool.name] = std::move(pool);
  }
  for (const PoolSettings& pool : settings.pools) pools[pool.name] = pool;
  std::vector<executors::PoolSpec> specs;
  for (const auto& [name, pool] : pools) specs.push_back(MakePool(pool, settings, server));
  return specs;
}

executors::CaptureSpec CatalogProgram(const executors::PoolSpec& pool) {
  executors::CaptureSpec program{.command = pool.command, .environment = pool.environment};
  program.command.emplace_back("--catalog");
  // A program that does not know the flag, and serves, finds nobody to serve.
  program.environment["ORRERY_SERVER"] = "unix:/dev/null";
  return program;
}

absl::StatusOr<std::shared_ptr<const graph::Catalog>> ReadCatalog(
    const absl::StatusOr<std::string>& printed) {
  RETURN_IF_ERROR(printed.status());
  const std::vector<std::string_view> lines = LinesOf(*printed);
  // The end of the text up to a line that closes an object: the next one, going backwards.
  const char* end = nullptr;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const std::string_view text = Stripped(*line);
    if (line->starts_with('}')) end = text.data() + text.size();
    const std::size_t start = text.find('{');
    if (start == std::string_view::npos) continue;
    const char* const last = text.ends_with('}') ? text.data() + text.size() : end;
    if (last == nullptr) continue;
    const char* const first = text.data() + start;
    auto catalogs = graph::ParseCatalogsJson({first, static_cast<std::size_t>(last - first)});
    if (!catalogs.ok() || catalogs->size() != 1) continue;
    return std::make_shared<const graph::Catalog>(std::move(catalogs->front()));
  }
  return absl::InvalidArgumentError(fmt::format("with --catalog it printed no catalog, but: \"{}\"",
                                                ToUtf8(Stripped(*printed), kShownBytes, "...")));
}

}  // namespace orrery::daemon
