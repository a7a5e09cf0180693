#include "controller/daemon/pools.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "controller/daemon/worker_folder.h"
#include "fmt/format.h"
#include "graph/catalog_json.h"

namespace orrery::daemon {
namespace {

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

absl::StatusOr<graph::Catalog> ReadCatalog(const absl::StatusOr<std::string>& printed) {
  RETURN_IF_ERROR(printed.status());
  ASSIGN_OR_RETURN(std::vector<graph::Catalog> catalogs, graph::ParseCatalogsJson(*printed));
  if (catalogs.size() != 1) {
    return absl::InvalidArgumentError(
        fmt::format("it printed {} catalogs instead of one", catalogs.size()));
  }
  return std::move(catalogs.front());
}

}  // namespace orrery::daemon
