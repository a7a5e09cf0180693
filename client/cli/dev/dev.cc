#include "client/cli/dev/dev.h"

#include <cerrno>
#include <climits>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "rpc/address.h"

namespace orrery::cli {
namespace {

constexpr const char* kController = "orreryd";

absl::StatusOr<std::string> OwnPath() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  if (size < 0) return ErrnoStatus(errno, "read link", "/proc/self/exe");
  path.resize(static_cast<std::size_t>(size));
  return path;
}

}  // namespace

std::vector<std::string> DevArguments(const DevOptions& options) {
  std::vector<std::string> arguments = {"--root", options.root, "--registry", options.registry};
  for (const std::string& address : options.listen) {
    arguments.insert(arguments.end(), {"--listen", address});
  }
  if (options.slots.has_value()) {
    arguments.insert(arguments.end(), {"--slots", std::to_string(*options.slots)});
  }
  if (!options.durability.empty()) {
    arguments.insert(arguments.end(), {"--durability", options.durability});
  }
  if (!options.checkpoint_tree.empty()) {
    arguments.insert(arguments.end(), {"--checkpoint-tree", options.checkpoint_tree});
  }
  if (!options.retain_for.empty()) {
    arguments.insert(arguments.end(), {"--retain-for", options.retain_for});
  }
  if (!options.retain_count.empty()) {
    arguments.insert(arguments.end(), {"--retain-count", options.retain_count});
  }
  return arguments;
}

absl::StatusOr<std::string> FindProgram(const std::string& name, const std::string& own_path,
                                        std::string_view search_path) {
  const std::string own_directory = own_path.substr(0, own_path.find_last_of('/') + 1);
  if (std::string beside = own_directory + name; access(beside.c_str(), X_OK) == 0) return beside;
  if (std::string path = FindOnPath(name, search_path); !path.empty()) return path;
  return absl::NotFoundError(
      fmt::format("{} is neither in {} nor on the PATH: build or install it", name, own_directory));
}

absl::Status RunController(std::vector<std::string> arguments) {
  ASSIGN_OR_RETURN(const std::string own_path, OwnPath());
  absl::StatusOr<std::string> program =
      FindProgram(kController, own_path, EnvironmentVariable("PATH"));
  // kNotFound would mean "no such workflow" to scripts.
  if (!program.ok()) return absl::UnknownError(std::string(program.status().message()));

  arguments.insert(arguments.begin(), *program);
  execv(program->c_str(), ExecPointers(arguments).data());
  return absl::UnknownError(std::string(ErrnoStatus(errno, "run", *program).message()));
}

absl::Status RunDev(DevOptions options) {
  if (options.root.empty()) options.root = rpc::DefaultRoot();
  if (options.registry.empty()) options.registry = EnvironmentVariable("ORRERY_REGISTRY");
  if (options.registry.empty()) {
    options.registry = options.root + "/workers";
    RETURN_IF_ERROR(MakeDirectories(options.registry));
  }
  return RunController(DevArguments(options));
}

}  // namespace orrery::cli
