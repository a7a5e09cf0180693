// What a failed call means to the caller, in words that name the controller.
//
// Threading: functions without state.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace orrery::client {

// The same code; where nobody answered, the message says who was asked. `address` is the
// controller's, as it was resolved.
absl::Status FromRpcStatus(const grpc::Status& status, std::string_view address);

}  // namespace orrery::client
