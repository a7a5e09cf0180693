// Where the controller is, for a client that was told nothing, something or everything.
//
// In this order: what the caller says, $ORRERY_SERVER, the unix socket <root>/orreryd.sock if it is
// there, the loopback port written in <root>/orreryd.port, the loopback port 7717.
//
// Threading: functions without state; thread-safe while nobody changes the environment.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace orrery::client {

inline constexpr std::uint16_t kDefaultPort = 7717;

struct AddressSources {
  // What the caller says; empty: nothing.
  std::string server;
  // $ORRERY_SERVER; empty: unset.
  std::string environment;
  // The folder where a controller on this machine leaves its socket and port.
  std::string root;
};

// $ORRERY_HOME, or ~/.orrery.
std::string DefaultRoot();

// `server` with what the environment says.
AddressSources AddressSourcesFor(std::string server);

// An address in gRPC's form: "unix:/run/orreryd.sock", "host:7717".
// kInvalidArgument: an address that is neither. kFailedPrecondition: the port file has no port.
absl::StatusOr<std::string> ResolveAddress(const AddressSources& sources);

}  // namespace orrery::client
