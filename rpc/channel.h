// Connections to a controller, with the settings that both ends share.
//
// Threading: functions without state.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace grpc {
class Channel;
class Status;
}  // namespace grpc

namespace orrery::rpc {

// Opens a channel that connects at its first call and shares no connection with other channels.
// Keepalive detects a silent peer. `address` is in gRPC's form (rpc/address.h).
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

// Returns the same code. If the controller did not respond, the message has `address`.
absl::Status FromGrpcStatus(const grpc::Status& status, std::string_view address);

}  // namespace orrery::rpc
