// Counts the open connections, in all and of each peer.
//
// gRPC closes the descriptor of a connection without telling. So a connection counts until its
// descriptor is found to be closed, or another socket; the table looks when a limit is reached.
//
// Threading: confined to one thread; other threads may close the descriptors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limit.h"

namespace orrery::rpc {

struct ConnectionLimits {
  Limit connections{.name = "connections",
                    .max = 16'384,
                    .unit = LimitUnit::kCount,
                    .of = "open connections of a controller",
                    .beyond =
                        "new ones are closed at once; fewer if the hard limit of descriptors, "
                        "less 256 or a quarter of it, is lower"};
  Limit connections_per_peer{.name = "connections_per_peer",
                             .max = 12'288,
                             .unit = LimitUnit::kCount,
                             .of =
                                 "open connections of one user at unix sockets, or from one IP "
                                 "address",
                             .beyond = "new ones of this peer are closed at once"};
};

class ConnectionTable {
 public:
  explicit ConnectionTable(ConnectionLimits limits) : limits_(limits) {}

  // Errors: kInvalidArgument names the limit that another connection of `peer` would exceed.
  absl::Status CheckRoom(const std::string& peer, absl::Time now);
  // Requires: `descriptor` is an open socket.
  void Add(int descriptor, const std::string& peer);

 private:
  struct Connection {
    ino_t inode = 0;
    std::string peer;
  };

  absl::Status CheckLimits(const std::string& peer) const;
  void Remove(std::unordered_map<int, Connection>::iterator connection);
  void RemoveClosed();

  const ConnectionLimits limits_;
  std::unordered_map<int, Connection> open_;  // By descriptor.
  std::unordered_map<std::string, std::uint64_t> of_peer_;
  absl::Time looked_at_ = absl::InfinitePast();
};

// Returns "uid 1000" for a unix socket and the address without the port for another.
std::string PeerOf(int socket);

}  // namespace orrery::rpc
