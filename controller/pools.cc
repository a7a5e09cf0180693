#include "controller/pools.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "controller/registry.h"
#include "fmt/format.h"
#include "graph/catalog_json.h"

namespace orrery {
namespace {

executors::PoolSpec MakePool(const PoolOptions& pool, const Options& options,
                             const std::string& server) {
  executors::PoolSpec spec;
  spec.name = pool.name;
  spec.command = pool.command;
  spec.environment = pool.environment;
  spec.environment["ORRERY_SERVER"] = server;
  spec.environment["ORRERY_DIES_WITH_CONTROLLER"] = "1";
  spec.environment["ORRERY_SLOTS"] = fmt::format("{}", pool.slots.value_or(options.slots));
  spec.environment["ORRERY_HOME"] = options.root;
  spec.size = pool.size.value_or(options.pool_size);
  spec.log_directory = options.root + "/logs/workers";
  return spec;
}

}  // namespace

absl::StatusOr<std::vector<executors::PoolSpec>> MakePools(const Options& options,
                                                           const std::string& server) {
  // A pool of the configuration takes the place of a program of the same name.
  std::map<std::string, PoolOptions> pools;
  if (!options.registry.empty()) {
    ASSIGN_OR_RETURN(std::vector<PoolOptions> found, FindWorkers(options.registry));
    for (PoolOptions& pool : found) pools[pool.name] = std::move(pool);
  }
  for (const PoolOptions& pool : options.pools) pools[pool.name] = pool;
  std::vector<executors::PoolSpec> specs;
  for (const auto& [name, pool] : pools) specs.push_back(MakePool(pool, options, server));
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

}  // namespace orrery
