// How a client connects.
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

// Of one message, either way.
inline constexpr int kMessageBytesMax = 64 * 1024 * 1024;

// Connects lazily, and is never shared with another channel to the same address.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

void SetDeadline(grpc::ClientContext& context, absl::Time deadline);

}  // namespace orrery::client
