// orreryd, the controller daemon.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "controller/daemon/command_line.h"
#include "controller/daemon/configuration.h"
#include "controller/daemon/daemon.h"
#include "controller/daemon/settings.h"
#include "controller/daemon/store_commands.h"
#include "fmt/format.h"

// What jemalloc is told, if it is the allocator: memory that is not needed any more is given back
// after half a second, also if nothing happens; else a controller that has become idle keeps all
// that it ever had. The environment's MALLOC_CONF goes before it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0";
}

namespace orrery::daemon {
namespace {

constexpr std::uint64_t kConfigurationBytesMax = 1024 * 1024;

std::string EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

SettingDefaults DefaultsOfThisMachine() {
  SettingDefaults defaults;
  defaults.root = EnvironmentVariable("ORRERY_HOME");
  if (const std::string home = EnvironmentVariable("HOME");
      defaults.root.empty() && !home.empty()) {
    defaults.root = home + "/.orrery";
  }
  if (const unsigned cores = std::thread::hardware_concurrency(); cores > 0) {
    defaults.slots = cores;
  }
  return defaults;
}

absl::StatusOr<Settings> ReadSettings(const CommandLine& line) {
  SettingSource file;
  if (!line.configuration.empty()) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(line.configuration, kConfigurationBytesMax));
    ASSIGN_OR_RETURN(file, ParseConfiguration(text, line.configuration));
  }
  ASSIGN_OR_RETURN(Settings settings, MakeSettings(line.flags, file, DefaultsOfThisMachine()));
  // Workers are told the root, wherever they run.
  std::error_code error;
  const std::filesystem::path root = std::filesystem::absolute(settings.root, error);
  if (!error) settings.root = root.lexically_normal().string();
  return settings;
}

int ReportUsage(const absl::Status& status) {
  std::fputs(
      fmt::format("orreryd: {}\nTry 'orreryd --help'.\n", std::string(status.message())).c_str(),
      stderr);
  return static_cast<int>(DaemonExit::kUsage);
}

int Main(int argc, const char* const* argv) {
  DisableAbseilDeadlockDetection();
  const absl::StatusOr<CommandLine> line = ParseCommandLine(argc, argv);
  if (!line.ok()) return ReportUsage(line.status());
  if (line->text.has_value()) {
    std::fputs(line->text->c_str(), stdout);
    return EXIT_SUCCESS;
  }
  const absl::StatusOr<Settings> settings = ReadSettings(*line);
  if (!settings.ok()) return ReportUsage(settings.status());
  switch (line->command) {
    case Command::kServe:
      return static_cast<int>(RunDaemon(*settings));
    case Command::kFsck:
      return static_cast<int>(RunFsck(settings->root, line->store_command));
    case Command::kRestore:
      return static_cast<int>(RunRestore(settings->root, line->store_command));
  }
  return static_cast<int>(DaemonExit::kUsage);
}

}  // namespace
}  // namespace orrery::daemon

int main(int argc, char** argv) { return orrery::daemon::Main(argc, argv); }
