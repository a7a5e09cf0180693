// Prepares addresses before a server binds them.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "rpc/address.h"

namespace orrery::rpc {

// Deletes the socket file of a controller that has died.
//
// Errors: kAlreadyExists if a process listens on the socket, or the file is not a socket.
absl::Status ClearStaleSocket(const std::string& path);

// Returns true if no process listens on this port. Also returns true if that is unknown: the bind
// then reports the error.
bool IsPortFree(const Address& address);

}  // namespace orrery::rpc
