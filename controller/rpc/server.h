// The gRPC server and its loop, whose thread owns the controller.
//
// The loop runs on the thread that calls Run. Each iteration handles the events of the completion
// queue, then the messages that other threads have posted, then expired timers. It then flushes the
// controller once, and sends the messages to workers and watchers of this iteration.
//
// Threading: Run and transport belong to the loop thread; mailbox and Stop are thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/clock.h"
#include "controller/blobs/blob_store.h"
#include "controller/rpc/acceptor.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/worker_sessions.h"
#include "controller/runtime/controller.h"
#include "controller/runtime/mailbox.h"
#include "controller/runtime/transport.h"
#include "rpc/address.h"

namespace orrery::maintenance {
class BackupRunner;
class GarbageCollector;
}  // namespace orrery::maintenance

namespace orrery::rpc {

struct ServerOptions {
  std::vector<Address> listen;
  // File for the first TCP port, for clients on this machine; empty: none.
  std::string port_file;
  SessionSettings sessions;
  AcceptorSettings acceptor;
  // Both must outlive the server. Null: no admin service.
  maintenance::BackupRunner* backups = nullptr;
  maintenance::GarbageCollector* garbage = nullptr;
};

enum class EndReason { kStopped, kCannotListen, kStorageFailed };

struct ServerEnd {
  EndReason reason = EndReason::kStopped;
  absl::Status status;  // The error; OK for kStopped.
};

class Server {
 public:
  // Requires: `clock` and `blobs` outlive the server.
  Server(ServerOptions options, const Clock& clock, const blobs::BlobStore& blobs);
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  runtime::Transport& transport();
  // Accepts messages during the lifetime of the server; runs them during Run.
  runtime::Mailbox& mailbox();

  // Waits until the start of `controller` is durable, listens, calls `on_ready` with the addresses
  // in gRPC's form, and serves until Stop or until the storage fails. Call once.
  //
  // Requires: `controller` has been started.
  ServerEnd Run(runtime::Controller& controller,
                const std::function<void(const std::vector<std::string>&)>& on_ready);

  // Makes Run end all sessions and calls, wait for pending writes, and return.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::rpc
