#include "controller/command_line.h"

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/status.h"

namespace orrery {
namespace {

constexpr const char* kVersion = "orreryd " ORRERY_VERSION;

constexpr const char* kDescription =
    "The controller of Orrery: schedules workflow graphs to workers, keeps every result.";

constexpr const char* kFooter = R"(
Listens at the unix socket ROOT/orreryd.sock, and at 127.0.0.1:7717 or, if that port is
taken, at a free one; the port is written to ROOT/orreryd.port. --listen replaces the TCP
address. Prints "orreryd: ready ..." once it serves. Stop it with Ctrl-C or SIGTERM.

The configuration file is YAML with the keys root, listen, registry, slots, pool_size,
durability, checkpoint_tree, insecure_allow_remote, reconnect_grace, out_of_memory_max,
retain_for, retain_count, gc_interval, blob_grace and pools, a list of {name, command, size,
slots, env}. Flags override it.

Without --retain-for and --retain-count everything is kept. A workflow is never forgotten within
a minute of its end, nor while another run takes over from it. A DURATION is a whole number and s, m,
h, d or w.

Examples:
  orreryd
  orreryd --root /srv/orrery --registry /srv/orrery/workers --slots 8
  orreryd --config /etc/orrery.yaml --durability process
  orreryd --root /srv/orrery --retain-for 30d --retain-count 10000
  orreryd --listen 127.0.0.1:0 --listen unix:/run/orrery/extra.sock
  orreryd fsck --root /srv/orrery
  orreryd restore /mnt/backups/monday --root /srv/orrery

Exit codes: 0 stopped as asked, 2 wrong usage, 5 the root is in use by another controller,
6 the storage failed or is damaged, 7 cannot listen.)";

constexpr const char* kFsckFooter = R"(
Reads the journal from the first record to the last, as a controller does that starts, and looks
at every blob that it refers to. Changes nothing. Names each problem: the record, what is wrong,
and what to do. A backup is checked in the same way.

Examples:
  orreryd fsck --root /srv/orrery
  orreryd fsck --root /srv/orrery --verify -o json

Exit codes: 0 the store is sound, 2 wrong usage, 5 a controller runs on it, 6 it is damaged, of
another format version, or there is none.)";

void AddOptions(CLI::App& app, CommandLine& line) {
  OptionSource& flags = line.flags;
  app.add_option("--root", flags.root,
                 "Where everything is kept (default: $ORRERY_HOME, or "
                 "~/.orrery)")
      ->type_name("DIR");
  app.add_option("--listen", flags.listen, "host:port, [ipv6]:port or unix:path; may be repeated")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_option("--registry", flags.registry,
                 "Run each program DIR/<name> or DIR/<name>/main as a pool of workers")
      ->type_name("DIR");
  app.add_option("--slots", flags.slots,
                 "Attempts that each started worker runs at a time (default: the cores)")
      ->type_name("N");
  app.add_option("--pool-size", flags.pool_size, "Processes of each pool (default: 1)")
      ->type_name("N");
  app.add_option("--durability", flags.durability,
                 "What an acknowledged result survives: memory, process or disk (default: disk)")
      ->type_name("LEVEL");
  app.add_option_function<std::string>(
         "--checkpoint-tree",
         [&flags](const std::string& text) { flags.checkpoint_tree = text == "on"; },
         "Show every result as files under ROOT/checkpoints: on or off (default: on)")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("");
  app.add_flag_callback(
      "--insecure-allow-remote", [&flags] { flags.insecure_allow_remote = true; },
      "Allow addresses that other machines reach; nothing is encrypted, nobody is asked who "
      "they are");
  app.add_option("--reconnect-grace", flags.reconnect_grace_seconds,
                 "How long a worker that is cut off keeps its attempts (default: 30)")
      ->type_name("SECONDS");
  app.add_option("--out-of-memory-max", flags.out_of_memory_max,
                 "How many workers of pools the kernel may kill for their memory while they run a "
                 "node before it fails (default: 2)")
      ->type_name("N");
  app.add_option("--retain-for", flags.retain_for,
                 "Forget workflows so long after they have finished, as in 30d (default: never)")
      ->type_name("DURATION");
  app.add_option("--retain-count", flags.retain_count,
                 "Forget all but so many of the finished workflows (default: none)")
      ->type_name("N");
  app.add_option("--gc-interval", flags.gc_interval,
                 "How often what was forgotten is taken out of the store (default: 1h)")
      ->type_name("DURATION");
  app.add_option("--blob-grace", flags.blob_grace,
                 "How old a blob that nothing refers to is before it is removed (default: 1d)")
      ->type_name("DURATION");
  app.add_option("--config", line.configuration, "A YAML file with the same settings")
      ->type_name("FILE");
}

void AddRootOption(CLI::App& app, OptionSource& flags, const char* description) {
  app.add_option("--root", flags.root, description)->type_name("DIR");
}

void AddOutputOption(CLI::App& app, OfflineArguments& arguments) {
  app.add_option_function<std::string>(
         "-o,--output",
         [&arguments](const std::string& format) { arguments.is_json = format == "json"; },
         "text, or json: exactly one object on standard output")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

constexpr const char* kRestoreFooter = R"(
Copies a backup, made by 'orrery backup', to a root without a journal, reads all of it as
'orreryd fsck --verify' does, and only then gives the journal its name. The backup stays as it
is. Workers that see the root's files get a new storage token when the controller starts.

Examples:
  orreryd restore /mnt/backups/monday --root /srv/orrery
  orreryd --root /srv/orrery

Exit codes: 0 restored and sound, 2 wrong usage, 5 the root has a journal, 6 the backup is damaged,
of another format version, or none.)";

void AddRestoreCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand("restore", "Make the store of a root from a backup");
  command->add_option("backup", line.offline.backup, "The backup's folder")
      ->type_name("DIR")
      ->required();
  AddRootOption(*command, line.flags, "Where to (default: $ORRERY_HOME, or ~/.orrery)");
  AddOutputOption(*command, line.offline);
  command->footer(kRestoreFooter);
  command->callback([&line] { line.command = Command::kRestore; });
}

void AddFsckCommand(CLI::App& app, CommandLine& line) {
  CLI::App* command = app.add_subcommand("fsck", "Check a store that no controller runs on");
  AddRootOption(*command, line.flags, "The store (default: $ORRERY_HOME, or ~/.orrery)");
  command->add_flag("--verify", line.offline.reads_blobs,
                    "Read every blob and compare it with its digest, not only its length");
  AddOutputOption(*command, line.offline);
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
  // The parser reports everything, help included, by throwing.
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

}  // namespace orrery
