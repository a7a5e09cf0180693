// Opens the sockets at which a server listens.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file_descriptor.h"
#include "rpc/address.h"

namespace orrery::rpc {

struct Listener {
  Address bound;  // With the port that the system chose.
  // One for each IP address of the host; they do not block.
  std::vector<FileDescriptor> sockets;
};

// Opens sockets that listen at `address`. A unix socket is open to its owner only, from its first
// moment on; the file of a controller that has died is replaced.
//
// Errors: kAlreadyExists if a process listens there, or the file is not a socket; kUnavailable if
// the address is not this machine's.
absl::StatusOr<Listener> Listen(const Address& address);

// Deletes the socket file of a controller that has died.
//
// Errors: kAlreadyExists if a process listens on the socket, or the file is not a socket.
absl::Status ClearStaleSocket(const std::string& path);

}  // namespace orrery::rpc
