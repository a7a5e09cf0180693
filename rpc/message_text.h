// Explains why a peer could not read a message: protobuf refuses text that is not UTF-8, and says
// only that it cannot parse the request.
//
// Threading: functions without state.
#pragma once

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace orrery::rpc {

// Errors: kInvalidArgument for text that is not UTF-8, with its field.
absl::Status CheckUtf8(const google::protobuf::Message& message);

}  // namespace orrery::rpc
