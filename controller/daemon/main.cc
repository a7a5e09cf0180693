// orreryd, the controller daemon.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/limit.h"
#include "base/mutex.h"
#include "base/process.h"
#include "base/shown_text.h"
#include "base/standard_streams.h"
#include "base/status_macros.h"
#include "controller/daemon/command_line.h"
#include "controller/daemon/configuration.h"
#include "controller/daemon/daemon.h"
#include "controller/daemon/settings.h"
#include "controller/daemon/store_commands.h"
#include "fmt/format.h"

// Options of jemalloc, if it is the allocator: its background thread returns free memory to the
// system after half a second. Otherwise an idle controller would keep the memory of its busiest
// time. MALLOC_CONF in the environment overrides them.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0";
}

namespace orrery::daemon {
namespace {

constexpr Limit kConfigurationBytes{.name = "configuration_bytes",
                                    .max = 1024 * 1024,
                                    .unit = LimitUnit::kBytes,
                                    .of = "the file of `--config`",
                                    .beyond = "orreryd does not start"};

// Returns the defaults that depend on the environment.
std::vector<SettingValue> DefaultsOfThisMachine() {
  std::vector<SettingValue> defaults;
  if (const std::string root = EnvironmentVariable("ORRERY_HOME"); !root.empty()) {
    defaults.push_back({.key = "root", .texts = {root}, .origin = "ORRERY_HOME"});
  } else if (const std::string home = EnvironmentVariable("HOME"); !home.empty()) {
    defaults.push_back({.key = "root", .texts = {home + "/.orrery"}, .origin = "HOME"});
  }
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  defaults.push_back({.key = "slots",
                      .texts = {fmt::format("{}", cores)},
                      .origin = "number of cores, the default of --slots"});
  return defaults;
}

absl::StatusOr<Settings> ReadSettings(const CommandLine& line) {
  std::vector<SettingValue> values = DefaultsOfThisMachine();
  Configuration file;
  if (!line.configuration.empty()) {
    ASSIGN_OR_RETURN(const std::string text,
                     ReadFile(line.configuration, kConfigurationBytes,
                              "split the pools off into a registry folder"));
    ASSIGN_OR_RETURN(file, ParseConfiguration(text, line.configuration));
  }
  values.insert(values.end(), file.settings.begin(), file.settings.end());
  values.insert(values.end(), line.flags.begin(), line.flags.end());
  ASSIGN_OR_RETURN(Settings settings, MakeSettings(values, std::move(file.pools)));
  // Workers are told the root, wherever they run.
  settings.root = AbsolutePath(settings.root);
  return settings;
}

int ReportUsage(const absl::Status& status) {
  std::fputs(fmt::format("orreryd: {}\nTry 'orreryd --help'.\n",
                         ShownLines(std::string(status.message()), "  "))
                 .c_str(),
             stderr);
  return static_cast<int>(DaemonExit::kUsage);
}

int Run(int argc, const char* const* argv) {
  DisableAbseilDeadlockDetection();
  BecomeService();
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
    case Command::kCancel:
      return static_cast<int>(RunCancel(settings->root, line->store_command));
    case Command::kRestore:
      return static_cast<int>(RunRestore(settings->root, line->store_command));
  }
  return static_cast<int>(DaemonExit::kUsage);
}

}  // namespace
}  // namespace orrery::daemon

int main(int argc, char** argv) {
  orrery::PrepareStandardStreams();
  return orrery::FinishOutput("orreryd", orrery::daemon::Run(argc, argv));
}
