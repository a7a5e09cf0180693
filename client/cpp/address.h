// Finds the controller for a client.
//
// The first of these that is there: the address that the caller gives, $ORRERY_SERVER, the unix
// socket <root>/orreryd.sock, the loopback port written in <root>/orreryd.port, the loopback port
// 7717.
//
// Threading: functions without state; thread-safe while nobody changes the environment.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace orrery::client {

struct AddressSources {
  // The address that the caller gives; empty: none.
  std::string server;
  // $ORRERY_SERVER; empty: unset.
  std::string environment;
  // The folder where a controller on this machine leaves its socket and port.
  std::string root;
};

// Returns `server` with the environment of this process.
AddressSources AddressSourcesFor(std::string server);

// Returns an address in gRPC's form (rpc/address.h). kInvalidArgument: an address has another form.
// kFailedPrecondition: the port file has no port.
absl::StatusOr<std::string> ResolveAddress(const AddressSources& sources);

}  // namespace orrery::client
