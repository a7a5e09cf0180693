// Connections to the controller, with the settings both sides agree on.
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

namespace orrery {

inline constexpr int kMessageBytesMax = 64 * 1024 * 1024;

// A new connection that shares nothing with others, so that its failures are its own. A silent peer
// is noticed by keepalive. `address` in gRPC's form: "unix:/run/orreryd.sock", "host:7717".
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address);

// With the address in front of the message.
absl::Status ToStatus(const grpc::Status& status, std::string_view address);

}  // namespace orrery
