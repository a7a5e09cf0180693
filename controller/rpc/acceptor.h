// Accepts connections, and keeps those of strangers from taking what others need.
//
// A connection is passed on when it has sent the preface of HTTP/2, which costs a client nothing to
// send and gRPC much to wait for. Connections that are silent are few and the oldest of them gives
// way. Connections in all and of one peer are limited, and a part of the descriptors is kept for
// the journal, blobs and pools. Accepting never ends: a connection for which there is no room is
// accepted and closed.
//
// Threading: create and destroy it on one thread. `on_connection` runs on the acceptor's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/file_descriptor.h"
#include "base/limit.h"
#include "controller/rpc/connection_table.h"

namespace orrery::rpc {

struct AcceptorSettings {
  ConnectionLimits connections;
  Limit silent_connections{.name = "silent_connections",
                           .max = 1024,
                           .unit = LimitUnit::kCount,
                           .of = "connections that have not sent the preface of HTTP/2 yet",
                           .beyond = "the oldest of them is closed"};
  Limit preface_time{.name = "preface_time",
                     .max = 10'000,
                     .unit = LimitUnit::kMilliseconds,
                     .of = "from the connection of a client to the preface of HTTP/2",
                     .beyond = "the connection is closed"};
  // Connections get descriptors below this number only; the kernel gives the lowest that is free.
  std::uint64_t descriptors_end = UINT64_MAX;
};

// Returns the number of descriptors that are left to connections if a process may have `limit`: all
// but 256, or but a quarter if that is less.
std::uint64_t DescriptorsForConnections(std::uint64_t limit);

class Acceptor {
 public:
  using OnConnection = std::function<void(FileDescriptor connection)>;

  // Requires: the listeners listen and do not block; `clock` outlives the acceptor.
  Acceptor(std::vector<FileDescriptor> listeners, AcceptorSettings settings, const Clock& clock,
           OnConnection on_connection);
  // Closes the listeners and the silent connections.
  ~Acceptor();

  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  struct Silent {
    FileDescriptor socket;
    std::string peer;
    std::uint64_t number = 0;  // In the order of their coming.
  };

  void Run();
  // `events` are those of epoll.
  void HandleEvent(int descriptor, std::uint32_t events);
  void AcceptAll(int listener);
  // Makes room after accept failed with `error`. Returns true if it is worth another try.
  bool RecoverFrom(int error, int listener);
  void Admit(FileDescriptor socket);
  // Passes the connection on if its preface is complete, or closes it if that is another, or if the
  // client has ended without one.
  void LookAt(int descriptor, bool has_ended);
  void CloseExpired();
  bool CloseOldestSilent();
  void CloseSilent(int descriptor);
  void Refuse(std::string_view why, std::string_view peer);
  // Returns false if the kernel has no room for it.
  bool Watch(int descriptor, std::uint32_t events);
  int TimeoutMs() const;

  const std::vector<FileDescriptor> listeners_;
  const AcceptorSettings settings_;
  const Clock& clock_;
  const OnConnection on_connection_;
  const FileDescriptor is_over_;  // An eventfd, written by the destructor.

  // Of the acceptor's thread.
  const FileDescriptor epoll_;
  FileDescriptor spare_;  // Closed to accept, and so refuse, when there is no other descriptor.
  ConnectionTable connections_;
  std::unordered_map<int, Silent> silent_;
  struct Arrival {
    int descriptor = -1;
    absl::Time deadline;
  };
  std::map<std::uint64_t, Arrival> arrivals_;  // Of the silent connections, by their number.
  std::uint64_t next_number_ = 0;
  std::uint64_t refused_ = 0;  // Since the last line of log about them.
  absl::Time refusals_logged_ = absl::InfinitePast();
  absl::Time paused_until_ = absl::InfinitePast();

  std::thread thread_;
};

}  // namespace orrery::rpc
