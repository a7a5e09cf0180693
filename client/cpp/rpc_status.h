// Converts the status of a failed call.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace orrery::client {

// Returns a status with the same code. If no controller answered, the message has `address`, the
// controller's as ResolveAddress returns it.
absl::Status FromRpcStatus(const grpc::Status& status, std::string_view address);

}  // namespace orrery::client
