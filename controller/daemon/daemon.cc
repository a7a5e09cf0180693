#include "controller/daemon/daemon.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/disk_space.h"
#include "base/file.h"
#include "base/log.h"
#include "base/log_sink.h"
#include "base/process.h"
#include "base/random.h"
#include "base/shown_text.h"
#include "base/status_macros.h"
#include "base/tail_buffer.h"
#include "controller/blobs/blob_io_thread.h"
#include "controller/blobs/blob_store.h"
#include "controller/checkpoints/checkpoint_tree.h"
#include "controller/daemon/pools.h"
#include "controller/daemon/stop_signals.h"
#include "controller/daemon/worker_folder.h"
#include "controller/journal/journal_database.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/backup_manifest.h"
#include "controller/maintenance/backup_runner.h"
#include "controller/maintenance/garbage_collector.h"
#include "controller/maintenance/store_gate.h"
#include "controller/maintenance/store_root.h"
#include "controller/rpc/server.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/disk_watch.h"
#include "controller/runtime/history_thread.h"
#include "controller/runtime/work_mark_file.h"
#include "executors/local_pools.h"
#include "fmt/format.h"
#include "graph/limits.h"
#include "graph/render/output_tail.h"
#include "model/worker.h"
#include "rpc/address.h"

namespace orrery::daemon {
namespace {

// Writes a line for people, unless its reader would delay the controller.
void Say(int descriptor, std::string_view text) {
  LogSink(descriptor, [](std::uint64_t) {
    return std::string();
  }).Write(fmt::format("orreryd: {}\n", ShownLines(text, "  ")));
}

// Why it ends, with the exit code that says so.
struct Failure {
  DaemonExit exit = DaemonExit::kStorageFailed;
  absl::Status status;
};

DaemonExit Report(const Failure& failure) {
  LOG(ERROR, "controller.failed").With("status", failure.status);
  Say(STDERR_FILENO, std::string(failure.status.message()));
  return failure.exit;
}

// The controller makes its root for its own user only; an existing one keeps the mode that somebody
// chose.
void WarnIfOthersMayEnter(const std::string& root) {
  struct stat info = {};
  if (stat(root.c_str(), &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
  LOG(WARNING, "root.open_to_others")
      .With("root", root)
      .With("mode", fmt::format("{:04o}", info.st_mode & 07777))
      .With("advice", "chmod 700, unless other users are to read the values in it");
}

model::WorkerEnd ToWorkerEnd(const executors::ProcessEnd& end) {
  return {.reason = end.reason,
          .is_out_of_memory = end.is_out_of_memory,
          .memory_peak_bytes = end.memory_peak_bytes,
          .output = graph::OutputTail(end.output_tail, kOutputTailBytes.max)};
}

class Daemon {
 public:
  explicit Daemon(const Settings& settings) : settings_(settings), disk_(settings.root) {}

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  DaemonExit Run();

 private:
  std::optional<Failure> OpenStorage();
  absl::Status OpenCheckpoints();
  absl::Status MakeController();
  absl::StatusOr<std::vector<rpc::Address>> Addresses() const;
  rpc::ServerOptions MakeServerOptions() const;
  journal::JournalListener MakeListener();

  void OnReady(const std::vector<std::string>& addresses);
  absl::Status StartPools(const std::string& server);
  void AskForCatalog(const executors::PoolSpec& pool);

  const Settings& settings_;
  std::vector<rpc::Address> addresses_;
  SystemClock clock_;
  SystemRandom random_;
  DiskSpace disk_;  // Of the root.

  // In the order in which they end: each uses those above it until then. The journal is opened
  // first, because it tells whether the root is free.
  std::optional<blobs::BlobStore> blob_store_;
  maintenance::StoreGate gate_;
  // These use the journal only while the server runs.
  std::optional<maintenance::BackupRunner> backups_;
  std::optional<maintenance::GarbageCollector> garbage_;
  std::optional<rpc::Server> server_;
  std::unique_ptr<journal::RocksDbJournal> journal_;
  std::optional<blobs::BlobIoThread> blob_io_;
  std::optional<runtime::HistoryThread> histories_;
  std::unique_ptr<checkpoints::CheckpointTree> checkpoint_tree_;
  runtime::NoCheckpoints no_checkpoints_;
  // Null if the journal does not outlive the process.
  std::unique_ptr<runtime::WorkMarkFile> work_mark_;
  std::optional<runtime::Controller> controller_;
  std::unique_ptr<executors::LocalPools> pools_;
  std::optional<runtime::DiskWatch> disk_watch_;
  std::optional<maintenance::GarbageTimer> garbage_timer_;
};

journal::JournalListener Daemon::MakeListener() {
  return {.on_durable =
              [this](journal::Lsn lsn) {
                const auto tell = [this, lsn] { controller_->OnDurable(lsn); };
                if (controller_->awaited_lsn().Reach(lsn)) {
                  server_->mailbox().Post(tell);
                } else {
                  server_->mailbox().PostForLater(tell);
                }
              },
          .on_failure =
              [this](absl::Status status) {
                server_->mailbox().Post(
                    [this, status = std::move(status)] { controller_->OnJournalFailure(status); });
              }};
}

std::optional<Failure> Daemon::OpenStorage() {
  if (absl::Status status = MakeDirectories(settings_.root); !status.ok()) {
    return Failure{DaemonExit::kStorageFailed, std::move(status)};
  }
  WarnIfOthersMayEnter(settings_.root);
  if (std::filesystem::exists(maintenance::BackupManifestPath(settings_.root))) {
    return Failure{DaemonExit::kStorageFailed,
                   absl::FailedPreconditionError(fmt::format(
                       "{} is a backup, which a controller would change; restore it to a root: "
                       "orreryd restore {} --root DIR",
                       settings_.root, settings_.root))};
  }
  if (settings_.durability != journal::Durability::kMemory) {
    if (absl::Status status = maintenance::CheckRootIsWhole(settings_.root); !status.ok()) {
      return Failure{DaemonExit::kStorageFailed, std::move(status)};
    }
  }
  const std::string path = maintenance::JournalPath(settings_.root);
  auto journal = journal::RocksDbJournal::Open(
      {.path = path, .durability = settings_.durability, .disk = &disk_}, MakeListener());
  if (!journal.ok()) {
    if (!journal::IsDatabaseLocked(path)) {
      return Failure{DaemonExit::kStorageFailed, journal.status()};
    }
    return Failure{DaemonExit::kRootInUse,
                   absl::FailedPreconditionError(fmt::format(
                       "the root {} is in use by another controller; stop it or take another root",
                       settings_.root))};
  }
  journal_ = *std::move(journal);
  if (settings_.durability != journal::Durability::kMemory) {
    auto mark = runtime::WorkMarkFile::Open(settings_.root);
    if (!mark.ok()) return Failure{DaemonExit::kStorageFailed, mark.status()};
    work_mark_ = *std::move(mark);
  }
  auto blob_store = blobs::BlobStore::Open(
      {.root = settings_.root,
       .sync = settings_.durability == journal::Durability::kDisk ? Sync::kSync : Sync::kNone});
  if (!blob_store.ok()) return Failure{DaemonExit::kStorageFailed, blob_store.status()};
  blob_store_.emplace(*std::move(blob_store));
  return std::nullopt;
}

absl::Status Daemon::OpenCheckpoints() {
  if (!settings_.has_checkpoint_tree()) return absl::OkStatus();
  ASSIGN_OR_RETURN(checkpoint_tree_,
                   checkpoints::CheckpointTree::Open(
                       {.root = settings_.root,
                        .is_full = settings_.checkpoint_tree == CheckpointExtent::kFull,
                        .disk = &disk_,
                        .post =
                            [this](std::function<void()> message) {
                              server_->mailbox().Post(std::move(message));
                            },
                        .on_incomplete =
                            [this](const Uuid& workflow, const std::string& reason) {
                              server_->mailbox().Post([this, workflow, reason] {
                                controller_->OnCheckpointsIncomplete(workflow, reason);
                              });
                            }}));
  return absl::OkStatus();
}

// Returns the socket of the root, and then the addresses that the settings add.
absl::StatusOr<std::vector<rpc::Address>> Daemon::Addresses() const {
  std::vector<rpc::Address> addresses;
  const rpc::Address socket{.unix_path = rpc::SocketPath(settings_.root), .host = "", .port = 0};
  if (socket.unix_path.size() <= rpc::kUnixPathBytes.max) {
    addresses.push_back(socket);
  } else if (settings_.listen.empty()) {
    return LimitExceeded(rpc::kUnixPathBytes,
                         fmt::format("the path of the socket {}", socket.unix_path),
                         socket.unix_path.size(), "take a shorter root or add --listen unix:PATH");
  } else {
    LOG(WARNING, "socket.skipped")
        .With("path", socket.unix_path)
        .With("bytes_max", rpc::kUnixPathBytes.max);
  }
  for (const rpc::Address& address : settings_.listen) {
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  return addresses;
}

rpc::ServerOptions Daemon::MakeServerOptions() const {
  rpc::ServerOptions options;
  options.listen = addresses_;
  options.acceptor.descriptors_end = rpc::DescriptorsForConnections(DescriptorLimit());
  options.port_file = settings_.root + "/orreryd.port";
  options.sessions.storage_root = settings_.root;
  options.sessions.storage_token = blob_store_->token();
  options.sessions.blobs_need_no_sync = settings_.durability != journal::Durability::kDisk;
  return options;
}

absl::Status Daemon::MakeController() {
  backups_.emplace(*journal_, settings_.root, clock_, gate_);
  garbage_.emplace(
      maintenance::GarbageCollectorDependencies{
          .clock = clock_,
          .journal = *journal_,
          .gate = gate_,
          .post =
              [this](std::function<void(runtime::Controller&)> question) {
                server_->mailbox().Post(
                    [this, question = std::move(question)] { question(*controller_); });
              }},
      maintenance::GarbageCollectorOptions{.root = settings_.root,
                                           .blob_grace = settings_.blob_grace,
                                           .has_checkpoint_tree = settings_.has_checkpoint_tree()});
  rpc::ServerOptions server_options = MakeServerOptions();
  server_options.backups = &*backups_;
  server_options.garbage = &*garbage_;
  if (settings_.has_checkpoint_tree()) {
    server_options.sessions.log = [this](const Uuid& workflow, std::string line) {
      checkpoint_tree_->AppendLog(workflow, std::move(line));
    };
  }
  server_.emplace(std::move(server_options), clock_, *blob_store_);
  RETURN_IF_ERROR(OpenCheckpoints());
  blob_io_.emplace(*blob_store_, server_->mailbox(), graph::kLimits.json_bytes.max);
  histories_.emplace(*journal_, *blob_io_, server_->mailbox());
  runtime::CheckpointSink& sink = checkpoint_tree_ != nullptr
                                      ? static_cast<runtime::CheckpointSink&>(*checkpoint_tree_)
                                      : no_checkpoints_;
  engine::Settings settings;
  settings.reconnect_grace = settings_.reconnect_grace;
  settings.out_of_memory.max = settings_.out_of_memory_max;
  settings.shows_nodes = settings_.has_checkpoint_tree();
  settings.retention = settings_.retention();
  engine::Poison poison;
  if (work_mark_ != nullptr)
    poison = {.held = work_mark_->held(), .refused = {}, .mark = work_mark_.get()};
  controller_.emplace(runtime::ControllerDependencies{.clock = clock_,
                                                      .random = random_,
                                                      .journal = *journal_,
                                                      .transport = server_->transport(),
                                                      .blobs = *blob_io_,
                                                      .histories = *histories_,
                                                      .checkpoints = sink,
                                                      .poison = std::move(poison)},
                      settings);
  return absl::OkStatus();
}

absl::Status Daemon::StartPools(const std::string& server) {
  ASSIGN_OR_RETURN(const std::vector<executors::PoolSpec> specs, MakePools(settings_, server));
  if (specs.empty()) return absl::OkStatus();
  const auto on_start = [this](const Uuid& id, const std::string& pool) {
    server_->mailbox().Post([this, id, pool] { controller_->OnWorkerStarted(id, pool); });
  };
  const auto on_exit = [this](const Uuid& id, const executors::ProcessEnd& end) {
    server_->mailbox().Post(
        [this, id, end = ToWorkerEnd(end)] { controller_->OnWorkerDied(id, end); });
  };
  ASSIGN_OR_RETURN(pools_, executors::LocalPools::Start(specs, {}, on_start, on_exit));
  std::set<std::string> names;
  for (const executors::PoolSpec& pool : specs) names.insert(pool.name);
  controller_->ExpectPools(std::move(names));
  for (const executors::PoolSpec& pool : specs) AskForCatalog(pool);
  return absl::OkStatus();
}

void Daemon::AskForCatalog(const executors::PoolSpec& pool) {
  pools_->Run(
      CatalogProgram(pool), [this, name = pool.name](const absl::StatusOr<std::string>& printed) {
        absl::StatusOr<std::shared_ptr<const graph::Catalog>> catalog = ReadCatalog(printed);
        if (!catalog.ok()) {
          LOG(WARNING, "pool.catalog.unknown").With("pool", name).With("status", catalog.status());
        }
        server_->mailbox().Post([this, name, catalog = std::move(catalog)] {
          controller_->OnPoolCatalog(name, catalog);
        });
      });
}

void Daemon::OnReady(const std::vector<std::string>& addresses) {
  if (absl::Status status = StartPools(addresses.front()); !status.ok()) {
    LOG(ERROR, "pools.failed").With("status", status);
  }

  Say(STDOUT_FILENO, fmt::format("root {}", settings_.root));
  std::string all;
  for (const std::string& address : addresses) {
    Say(STDOUT_FILENO, fmt::format("listening at {}", address));
    all += fmt::format("{}{}", all.empty() ? "" : ",", address);
  }
  Say(STDOUT_FILENO, fmt::format("ready root={} listen={}", settings_.root, all));
}

DaemonExit Daemon::Run() {
  BlockStopSignals();
  if (!settings_.registry.empty()) {
    if (absl::Status status = FindWorkers(settings_.registry).status(); !status.ok()) {
      return Report({DaemonExit::kUsage, std::move(status)});
    }
  }
  absl::StatusOr<std::vector<rpc::Address>> addresses = Addresses();
  if (!addresses.ok()) return Report({DaemonExit::kUsage, addresses.status()});
  addresses_ = *std::move(addresses);
  if (std::optional<Failure> failure = OpenStorage()) return Report(*failure);
  if (absl::Status status = MakeController(); !status.ok()) {
    return Report({DaemonExit::kStorageFailed, std::move(status)});
  }
  const StopSignals signals([this] {
    server_->mailbox().Post([this] {
      if (pools_ != nullptr) pools_->StopStarting();
    });
    server_->Stop();
  });
  if (absl::Status status = controller_->Start(); !status.ok()) {
    return Report({DaemonExit::kStorageFailed, std::move(status)});
  }
  for (const Uuid& held : controller_->engine().HeldWorkflows()) {
    LOG(ERROR, "workflow.held").With("workflow", held.ToString());
  }
  if (work_mark_ != nullptr) {
    work_mark_->RemoveStale(
        [this](const Uuid& id) { return controller_->engine().FindNumber(id); });
  }
  disk_watch_.emplace(disk_, [this](const absl::Status& intake) {
    server_->mailbox().Post([this, intake] { controller_->SetIntake(intake); });
  });
  if (settings_.collects_garbage()) garbage_timer_.emplace(*garbage_, settings_.gc_interval);
  const rpc::ServerEnd end =
      server_->Run(*controller_, [this](const std::vector<std::string>& bound) { OnReady(bound); });
  // It uses the journal, which is about to be closed, or to be left as it is.
  garbage_timer_.reset();
  switch (end.reason) {
    case rpc::EndReason::kStopped:
      if (work_mark_ != nullptr) {
        work_mark_->ForgiveDeaths(
            [this](const Uuid& id) { return controller_->engine().FindNumber(id); });
      }
      LOG(INFO, "controller.stopped");
      return DaemonExit::kStopped;
    case rpc::EndReason::kCannotListen:
      return Report({DaemonExit::kCannotListen, end.status});
    case rpc::EndReason::kStorageFailed:
      // To close it is to sync its log once more, and after a failure nothing is synced again:
      // RocksDB would abort. The process is ending anyway.
      static_cast<void>(journal_.release());
      break;
  }
  return Report({DaemonExit::kStorageFailed, end.status});
}

}  // namespace

DaemonExit RunDaemon(const Settings& settings) { return Daemon(settings).Run(); }

}  // namespace orrery::daemon
