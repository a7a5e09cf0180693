// The gRPC server, and the loop: the one thread that owns the controller.
//
// Whoever calls Run lends it the thread. A turn of the loop takes what has arrived on the
// completion queue, then what other threads have posted, then what time has made due; then the
// controller flushes, once, and what was said to workers and watchers during the turn goes out.
//
// Threading: Run and transport belong to the loop thread; mailbox and Stop are thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "controller/rpc/admin/backup_access.h"
#include "controller/rpc/admin/garbage_access.h"
#include "controller/rpc/blob_access.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/worker_sessions.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/mailbox.h"
#include "controller/runtime/transport.h"
#include "rpc/address.h"

namespace orrery::rpc {

struct ServerOptions {
  std::vector<Address> listen;
  // When the port of a TCP address is taken, take a free one instead of giving up.
  bool takes_free_port = false;
  // Where the first TCP port is written, for clients on this machine; empty: nowhere.
  std::string port_file;
  SessionSettings sessions;
  // Both outlive the server; null: there is no admin service.
  BackupAccess* backups = nullptr;
  GarbageAccess* garbage = nullptr;
};

enum class EndReason { kStopped, kCannotListen, kStorageFailed };

struct ServerEnd {
  EndReason reason = EndReason::kStopped;
  absl::Status status;  // Why, unless it was stopped.
};

class Server {
 public:
  // `clock` and `blobs` outlive the server.
  Server(ServerOptions options, const Clock& clock, BlobAccess& blobs);
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  runtime::Transport& transport();
  // Takes messages as long as the server exists; runs them while Run does.
  runtime::Mailbox& mailbox();

  // Waits until `controller`, which has been started, is durable; listens; says so once with the
  // addresses in gRPC's form; and serves until Stop, or until the storage fails. Once.
  ServerEnd Run(runtime::Controller& controller,
                const std::function<void(const std::vector<std::string>&)>& on_ready);

  // Makes Run say farewell to everybody, wait for what is on its way to the disk, and return.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::rpc
