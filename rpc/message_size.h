// The sizes of gRPC messages: every message of controller, worker SDK and client is checked here
// before it is written. gRPC aborts the process if protobuf cannot encode a message, and ends the
// call of a message that is larger than its receiver accepts.
//
// Threading: functions without state.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "base/limit.h"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace orrery::rpc {

inline constexpr Limit kMessageBytes{
    .name = "message_bytes",
    .max = 16 * 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of =
        "a message that the controller, the worker SDK and the client accept, such as a submission",
    .beyond = "it is not sent, or its call ends; both sizes are named"};

// Below gRPC's default, so that any client can receive it.
inline constexpr Limit kResponseBytes{
    .name = "response_bytes",
    .max = 3 * 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "one response to a client",
    .beyond = "the request fails with both sizes; lists end earlier and have a next page"};

inline constexpr Limit kPageBytes{
    .name = "page_bytes",
    .max = 1024 * 1024,
    .unit = LimitUnit::kBytes,
    .of = "a page of a list, but at least one entry",
    .beyond = "the page ends, and the response has a token for the next"};

// A peer that does not state its limit has gRPC's default.
inline constexpr std::uint64_t kDefaultMessageBytes = 4 * 1024 * 1024;

// Returns `limit` for a peer that states `stated`; 0: it states none.
Limit MessageLimitOf(std::uint64_t stated);

// Returns OK if `message` may be written; otherwise both sizes.
absl::Status CheckMessage(const google::protobuf::MessageLite& message, const Limit& limit,
                          std::string_view what, std::string_view advice);

}  // namespace orrery::rpc
