#include "controller/daemon/command_line.h"

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/status.h"

namespace orrery::daemon {
namespace {

constexpr const char* kVersion = "orreryd " ORRERY_VERSION;

constexpr const char* kDescription =
    "Runs the Orrery controller: assigns workflow tasks to workers and stores every outcome.";

constexpr const char* kFooter = R"(
Listens on the unix socket ROOT/orreryd.sock and on 127.0.0.1:7717, or on a free port if 7717
is taken; writes the port to ROOT/orreryd.port. --listen replaces the TCP address. Prints
"orreryd: ready ..." when it serves. Stop it with Ctrl-C or SIGTERM.

The configuration file is YAML with the keys root, listen, registry, slots, pool_size,
durability, checkpoint_tree, insecure_allow_remote, reconnect_grace, out_of_memory_max,
retain_for, retain_count, gc_interval, blob_grace and pools, a list of {name, command, size,
slots, env}. Flags override the file.

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

void AddOptions(CLI::App& app, CommandLine& line) {
  SettingSource& flags = line.flags;
  app.add_option("--root", flags.root,
                 "Folder of the store, sockets and logs (default: $ORRERY_HOME, or ~/.orrery)")
      ->type_name("DIR");
  app.add_option("--listen", flags.listen,
                 "Listen on host:port, [ipv6]:port or unix:path; may be repeated")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_option("--registry", flags.registry,
                 "Start a pool of workers for each program DIR/<name> or DIR/<name>/main")
      ->type_name("DIR");
  app.add_option(
         "--slots", flags.slots,
         "Attempts that each worker of a pool runs at the same time (default: the number of cores)")
      ->type_name("N");
  app.add_option("--pool-size", flags.pool_size, "Worker processes of each pool (default: 1)")
      ->type_name("N");
  app.add_option("--durability", flags.durability,
                 "Durability of acknowledged outcomes: memory (none), process (survives a crash of "
                 "orreryd) "
                 "or disk (survives a power cut) (default: disk)")
      ->type_name("LEVEL");
  app.add_option_function<std::string>(
         "--checkpoint-tree",
         [&flags](const std::string& text) { flags.checkpoint_tree = text == "on"; },
         "Write every outcome as files under ROOT/checkpoints: on or off (default: on)")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("");
  app.add_flag_callback(
      "--insecure-allow-remote", [&flags] { flags.insecure_allow_remote = true; },
      "Allow --listen addresses that other machines can reach; no encryption, no authentication");
  app.add_option("--reconnect-grace", flags.reconnect_grace_seconds,
                 "How long a worker whose connection is lost keeps its attempts (default: 30)")
      ->type_name("SECONDS");
  app.add_option(
         "--out-of-memory-max", flags.out_of_memory_max,
         "Fail a node after the kernel has killed N pool workers for their memory while they "
         "ran it (default: 2)")
      ->type_name("N");
  app.add_option(
         "--retain-for", flags.retain_for,
         "Delete workflows that finished longer ago than this, such as 30d (default: never)")
      ->type_name("DURATION");
  app.add_option("--retain-count", flags.retain_count,
                 "Keep only the N most recently finished workflows (default: all)")
      ->type_name("N");
  app.add_option(
         "--gc-interval", flags.gc_interval,
         "Interval between removals of deleted workflows' data from the store (default: 1h)")
      ->type_name("DURATION");
  app.add_option("--blob-grace", flags.blob_grace,
                 "Remove blobs that nothing refers to when they are older than this (default: 1d)")
      ->type_name("DURATION");
  app.add_option("--config", line.configuration, "YAML file with the same settings")
      ->type_name("FILE");
}

void AddRootOption(CLI::App& app, SettingSource& flags, const char* description) {
  app.add_option("--root", flags.root, description)->type_name("DIR");
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
  AddRootOption(*command, line.flags, "Folder to restore to (default: $ORRERY_HOME, or ~/.orrery)");
  AddOutputOption(*command, line.store_command);
  command->footer(kRestoreFooter);
  command->callback([&line] { line.command = Command::kRestore; });
}

void AddFsckCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command =
      app.add_subcommand("fsck", "Check a store that no controller uses, or a backup");
  AddRootOption(*command, line.flags, "Folder of the store (default: $ORRERY_HOME, or ~/.orrery)");
  command->add_flag("--verify", line.store_command.reads_blobs,
                    "Compare every blob with its digest, not only with its length");
  AddOutputOption(*command, line.store_command);
  command->footer(kFsckFooter);
  command->callback([&line] { line.command = Command::kFsck; });
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app(kDescription, "orreryd");
  app.set_version_flag("--version", kVersion);
  app.footer(kFooter);
  AddOptions(app, line);
  AddFsckCommand(app, line);
  AddRestoreCommand(app, line);
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
