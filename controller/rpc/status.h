// Statuses on the wire: the codes of Abseil and gRPC are the same ones.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace orrery::rpc {

// A status travels as metadata, which peers accept up to 8 KiB of.
inline constexpr std::size_t kStatusMessageBytesMax = 6 * 1024;

// At most `bytes_max` of the message as it is encoded on the wire, where whatever is not printable
// ASCII takes three bytes; a longer one ends after a whole line, if it has lines, and says so.
std::string ShortenMessage(std::string_view message, std::size_t bytes_max);

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace orrery::rpc
