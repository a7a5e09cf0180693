#include "rpc/message_size.h"

#include <algorithm>

#include "google/protobuf/message_lite.h"

namespace orrery::rpc {

Limit MessageLimitOf(std::uint64_t stated) {
  Limit limit = kMessageBytes;
  limit.max = std::min(limit.max, stated == 0 ? kDefaultMessageBytes : stated);
  return limit;
}

absl::Status CheckMessage(const google::protobuf::MessageLite& message, const Limit& limit,
                          std::string_view what, std::string_view advice) {
  return CheckLimit(limit, what, message.ByteSizeLong(), advice);
}

}  // namespace orrery::rpc
