// The small things that every message has: times, ids, text.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "base/uuid.h"

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace orrery::rpc {

void EncodeTime(absl::Time time, google::protobuf::Timestamp& out);
void EncodeDuration(absl::Duration duration, google::protobuf::Duration& out);
// Out of range becomes the nearest time in range.
absl::Time DecodeTime(const google::protobuf::Timestamp& message);

std::string BytesOf(const Uuid& uuid);
std::string BytesOf(const Digest& digest);
// kInvalidArgument names `field` and the size it has.
absl::StatusOr<Uuid> UuidFromBytes(std::string_view bytes, std::string_view field);
absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes, std::string_view field);

// Text for a proto string: what is not UTF-8 becomes U+FFFD, what is beyond `bytes_max` is cut off
// between two characters.
std::string ToText(std::string_view text, std::size_t bytes_max = std::string_view::npos);

}  // namespace orrery::rpc
