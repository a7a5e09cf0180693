// Addresses of controllers: "unix:/run/orrery.sock", "127.0.0.1:7717", "[::1]:0", "localhost:7717".
//
// Threading: functions without state; thread-safe unless a thread changes the environment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/limit.h"

namespace orrery::rpc {

// With its terminating zero, a path fits into a sockaddr_un.
inline constexpr Limit kUnixPathBytes{.name = "unix_path_bytes",
                                      .max = 107,
                                      .unit = LimitUnit::kBytes,
                                      .of = "the path of a unix socket",
                                      .beyond = "the address is refused"};

// Returns the root of the controller on this machine: $ORRERY_HOME, or ~/.orrery.
std::string DefaultRoot();
// Returns the unix socket of the controller with the root `root`.
std::string SocketPath(std::string_view root);

// Errors: kInvalidArgument if `text` is not a number from 0 to 65535.
absl::StatusOr<std::uint16_t> ParsePort(std::string_view text);

struct Address {
  // Either this path or the host and port are set.
  std::string unix_path;
  std::string host;

  std::uint16_t port = 0;  // 0: any free one.

  // Errors: kInvalidArgument with the problem and the form of an address.
  static absl::StatusOr<Address> Parse(std::string_view text);
  // Same as Parse, for an address to connect to: the port must not be 0.
  static absl::StatusOr<Address> ParseReachable(std::string_view text);

  bool is_unix() const { return !unix_path.empty(); }
  // Returns true if only this machine can reach it: a unix socket, "localhost", 127.0.0.0/8 or ::1.
  bool is_local() const;

  // Returns the address as people write it, which Parse accepts.
  std::string ToString() const;
  // Returns the address as gRPC reads it, for channels and servers. gRPC takes the path of a unix
  // socket for a part of a URI, in which '#', '?' and '%' have a meaning: they are escaped.
  std::string Target() const;

  friend bool operator==(const Address&, const Address&) = default;
};

}  // namespace orrery::rpc
