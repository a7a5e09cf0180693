#include "controller/daemon/worker_folder.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "graph/name.h"

namespace orrery::daemon {
namespace {

bool IsProgram(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> ProgramOf(const std::string& path) {
  if (IsProgram(path)) return path;
  if (std::string main = path + "/main"; IsProgram(main)) return main;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<PoolSettings>> FindWorkers(const std::string& directory) {
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  std::vector<PoolSettings> pools;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    std::optional<std::string> program = ProgramOf(entries->path().string());
    if (name.starts_with('.') || !program.has_value()) continue;
    if (const std::string problem = graph::NameProblem(name); !problem.empty()) {
      LOG(WARNING, "registry.skipped").With("program", *program).With("problem", problem);
      continue;
    }
    PoolSettings pool;
    pool.name = std::move(name);
    pool.command = {*std::move(program)};
    pools.push_back(std::move(pool));
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  std::ranges::sort(pools, {}, &PoolSettings::name);
  return pools;
}

}  // namespace orrery::daemon
