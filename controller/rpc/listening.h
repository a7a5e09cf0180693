// What must be settled before a server binds its addresses.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "rpc/address.h"

namespace orrery::rpc {

// Removes the socket file of a controller that is dead. kAlreadyExists: somebody answers there, or
// the file is no socket.
absl::Status ClearStaleSocket(const std::string& path);

// Whether nobody listens at this port; what cannot be found out is left for the bind to say.
bool IsPortFree(const Address& address);

}  // namespace orrery::rpc
