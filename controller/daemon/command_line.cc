#include "controller/daemon/command_line.h"

#include <sstream>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/status.h"
#include "controller/daemon/setting_table.h"

namespace orrery::daemon {
namespace {

constexpr const char* kVersion = "orreryd " ORRERY_VERSION;

constexpr const char* kDescription =
    "Runs the Orrery controller: assigns workflow tasks to workers and stores every outcome.";

constexpr const char* kServing = R"(
Listens on the unix socket ROOT/orreryd.sock, which only its user can open, and on the addresses
that --listen adds; writes the first port of --listen, if any, to ROOT/orreryd.port. Makes ROOT
for its user only (mode 0700). Prints "orreryd: ready ..." when it serves. Stop it with Ctrl-C, SIGTERM or SIGHUP.
)";

constexpr const char* kUsage = R"(
Without --retain-for and --retain-count no workflow is deleted. A workflow is never deleted within
1 minute of its end, nor while another run reuses its outcomes. A DURATION is a whole number and a
unit, s, m, h, d or w, such as 30s, 12h or 7d.

Examples:
  orreryd
  orreryd --root /srv/orrery --registry /srv/orrery/workers --slots 8
  orreryd --config /etc/orrery.yaml --durability process
  orreryd --root /srv/orrery --retain-for 30d --retain-count 10000
  orreryd --listen 127.0.0.1:0 --listen unix:/run/orrery/extra.sock
  orreryd fsck --root /srv/orrery
  orreryd restore /mnt/backups/monday --root /srv/orrery
  orreryd cancel 6f1c2a4e-8d1b-4c0e-9b64-3a1d5f0e7c21 --root /srv/orrery

Exit codes: 0 stopped by a signal, 2 wrong command line, 5 another controller uses the root,
6 the storage failed or is damaged, 7 cannot listen on an address.)";

constexpr const char* kFsckFooter = R"(
Reads the journal from the first record to the last, as a controller does at its start, and checks
that every blob that a record refers to exists. Changes nothing. Prints each problem: the record,
what is wrong, and what to do. Checks backups in the same way.

Examples:
  orreryd fsck --root /srv/orrery
  orreryd fsck --root /srv/orrery --verify -o json

Exit codes: 0 the store is sound, 2 wrong command line, 5 a controller uses the store, 6 the store
is damaged, has another format version, or does not exist.)";

// Breaks a paragraph into lines of at most 96 characters.
std::string Wrap(const std::string& paragraph) {
  std::istringstream words(paragraph);
  std::string text;
  std::size_t column = 0;
  for (std::string word; words >> word;) {
    const bool starts_line = column + 1 + word.size() > 96;
    if (!text.empty()) text += starts_line ? "\n" : " ";
    column = (starts_line ? 0 : column + 1) + word.size();
    text += word;
  }
  return text + "\n";
}

std::string Footer() {
  std::string keys;
  for (const Setting& setting : SettingTable()) keys += setting.key + ", ";
  return std::string(kServing) + "\n" +
         Wrap("The configuration file is YAML with the keys " + keys +
              "and pools, a list of {name, command, size, slots, env}. Flags override the file.") +
         kUsage;
}

void AddSetting(CLI::App& app, const Setting& setting, std::vector<SettingValue>& flags) {
  const std::string description = setting.effect + " (default: " + setting.default_text() + ")";
  const std::string flag = setting.flag();
  const auto give = [&flags, key = setting.key, flag](const std::vector<std::string>& texts) {
    flags.push_back({.key = key, .texts = texts, .origin = flag});
  };
  if (setting.type.placeholder.empty()) {
    app.add_flag_callback(
        flag, [give] { give({"on"}); }, description);
  } else if (setting.type.shape == SettingShape::kTexts) {
    app.add_option_function<std::vector<std::string>>(flag, give, description)
        ->type_name(setting.type.placeholder)
        ->allow_extra_args(false);
  } else {
    app.add_option_function<std::string>(
           flag, [give](const std::string& text) { give({text}); }, description)
        ->type_name(setting.type.placeholder);
  }
}

void AddRootOption(CLI::App& app, const char* effect, std::vector<SettingValue>& flags) {
  Setting root = FindSetting("root");
  root.effect = effect;
  AddSetting(app, root, flags);
}

void AddOutputOption(CLI::App& app, StoreCommandArguments& arguments) {
  app.add_option_function<std::string>(
         "-o,--output",
         [&arguments](const std::string& format) { arguments.is_json = format == "json"; },
         "text, or json: exactly one object on standard output")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

constexpr const char* kRestoreFooter = R"(
Copies a backup made by 'orrery backup' to a root that has no journal, reads all of the copy as
'orreryd fsck --verify' does, and renames the journal last. Does not change the backup. The
controller makes a new storage token for the root when it starts.

Examples:
  orreryd restore /mnt/backups/monday --root /srv/orrery
  orreryd --root /srv/orrery

Exit codes: 0 restored and sound, 2 wrong command line, 5 the root has a journal, 6 the backup is
damaged, has another format version, or does not exist.)";

void AddRestoreCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand("restore", "Restore a backup to a root that has no store");
  command->add_option("backup", line.store_command.backup, "Folder of the backup")
      ->type_name("DIR")
      ->required();
  AddRootOption(*command, "Folder to restore to", line.flags);
  AddOutputOption(*command, line.store_command);
  command->footer(kRestoreFooter);
  command->callback([&line] { line.command = Command::kRestore; });
}

void AddFsckCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("fsck", "Check a store that no controller uses, or a backup");
  AddRootOption(*command, "Folder of the store", line.flags);
  command->add_flag("--verify", line.store_command.reads_blobs,
                    "Compare every blob with its digest, not only with its length");
  AddOutputOption(*command, line.store_command);
  command->footer(kFsckFooter);
  command->callback([&line] { line.command = Command::kFsck; });
}

constexpr const char* kCancelFooter = R"(
For a workflow with which the controller dies before it can be cancelled. Needs no controller, and
is refused while one uses the root. Nothing of the workflow is derived any more; its outcomes are
kept, so that 'orrery resume' can try again what has not finished. A workflow that had succeeded is
shown as cancelled.

Examples:
  orreryd cancel 6f1c2a4e-8d1b-4c0e-9b64-3a1d5f0e7c21 --root /srv/orrery

Exit codes: 0 cancelled, 2 wrong command line or no such workflow, 5 a controller uses the root, 6
the store failed, is damaged or does not exist.)";

void AddCancelCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("cancel", "Cancel a workflow in a store that no controller uses");
  command->add_option("workflow", line.store_command.workflow, "Id of the workflow")
      ->type_name("ID")
      ->required();
  AddRootOption(*command, "Folder of the store", line.flags);
  AddOutputOption(*command, line.store_command);
  command->footer(kCancelFooter);
  command->callback([&line] { line.command = Command::kCancel; });
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app(kDescription, "orreryd");
  app.set_version_flag("--version", kVersion);
  app.footer(Footer());
  for (const Setting& setting : SettingTable()) AddSetting(app, setting, line.flags);
  app.add_option("--config", line.configuration, "YAML file with the same settings")
      ->type_name("FILE");
  AddFsckCommand(app, line);
  AddRestoreCommand(app, line);
  AddCancelCommand(app, line);
  // The parser throws for every outcome but success, also for --help.
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.text = app.help();
  } catch (const CLI::CallForVersion&) {
    line.text = std::string(kVersion) + "\n";
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return line;
}

}  // namespace orrery::daemon
