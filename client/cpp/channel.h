// Opens gRPC channels.
//
// Threading: functions without state.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace grpc {
class Channel;
class ClientContext;
}  // namespace grpc

namespace orrery::client {

// Size limit of one message, in both directions.
inline constexpr int kMessageBytesMax = 64 * 1024 * 1024;

// Returns a channel that connects at the first call, with a connection of its own.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

void SetDeadline(grpc::ClientContext& context, absl::Time deadline);

}  // namespace orrery::client
