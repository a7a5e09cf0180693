// Finds the address of the controller.
//
// The first that exists of: the caller's address, $ORRERY_SERVER, the unix socket
// <root>/orreryd.sock. A port is never guessed: another user may listen there.
//
// Threading: functions without state; thread-safe unless a thread changes the environment.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace orrery::client {

struct AddressSources {
  // The address that the caller gives; may be empty.
  std::string server;
  // $ORRERY_SERVER; empty: unset.
  std::string environment;
  // The root of a controller on this machine, with its socket.
  std::string root;
};

// Returns `server` with the environment of this process.
AddressSources AddressSourcesFor(std::string server);

// Returns an address in gRPC's form (rpc/address.h). kInvalidArgument: an address has another form.
absl::StatusOr<std::string> ResolveAddress(const AddressSources& sources);

}  // namespace orrery::client
