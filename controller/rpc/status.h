// Converts statuses. Abseil and gRPC use the same codes.
//
// Threading: functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace grpc {
class Status;
}  // namespace grpc

namespace orrery::rpc {

// gRPC sends a status as metadata, and peers accept at most 8 KiB.
inline constexpr std::size_t kStatusMessageBytesMax = 6 * 1024;

// Shortens a message to at most `bytes_max` bytes on the wire, where a byte that is not printable
// ASCII takes three. Cuts after a complete line if possible, and marks the cut.
std::string ShortenMessage(std::string_view message, std::size_t bytes_max);

// Returns OK if a client can receive the response; kResourceExhausted otherwise.
absl::Status CheckResponse(const google::protobuf::MessageLite& response);

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace orrery::rpc
