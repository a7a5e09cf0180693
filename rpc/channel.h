// Connections to a controller, with the settings that both ends share.
//
// Threading: functions without state.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace grpc {
class Channel;
class Status;
}  // namespace grpc

namespace orrery::rpc {

// Opens a channel that connects at its first call and shares no connection with other channels.
// Keepalive detects a silent peer. `address` is in gRPC's form (rpc/address.h).
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

// Connects, if the channel is not connected; returns false if that fails, or takes longer than
// `timeout`. Blocks. After false, a call that failed was not received.
bool IsReachable(grpc::Channel& channel, absl::Duration timeout);

// Returns the same code. If the controller did not respond, the message has `address`.
absl::Status FromGrpcStatus(const grpc::Status& status, std::string_view address);

}  // namespace orrery::rpc
