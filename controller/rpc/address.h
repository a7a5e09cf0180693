// Parses the addresses to listen on: "unix:/run/orrery.sock", "127.0.0.1:7717", "[::1]:0",
// "localhost:7717".
//
// Threading: functions without state; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace orrery::rpc {

inline constexpr std::uint16_t kDefaultPort = 7717;

// Size limit of a path in a sockaddr_un, without the terminating zero.
inline constexpr std::size_t kUnixPathBytesMax = 107;

struct Address {
  // Exactly one of `unix_path` and `host` is set.
  std::string unix_path;
  std::string host;

  std::uint16_t port = 0;  // 0: any free port.

  // Errors: kInvalidArgument with the reason and the expected forms.
  static absl::StatusOr<Address> Parse(std::string_view text);

  bool is_unix() const { return !unix_path.empty(); }
  // True if only this machine can connect: a unix socket, "localhost", 127.0.0.0/8 or ::1.
  bool is_local() const;

  // Returns the address in gRPC's form, which Parse reads.
  std::string ToString() const;

  friend bool operator==(const Address&, const Address&) = default;
};

}  // namespace orrery::rpc
