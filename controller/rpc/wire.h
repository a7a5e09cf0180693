// Encodes and decodes times, durations, ids and text.
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
// Returns the nearest valid time if `message` is out of range.
absl::Time DecodeTime(const google::protobuf::Timestamp& message);

std::string BytesOf(const Uuid& uuid);
std::string BytesOf(const Digest& digest);
// Errors: kInvalidArgument with `field` and the size of `bytes`.
absl::StatusOr<Uuid> UuidFromBytes(std::string_view bytes, std::string_view field);
absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes, std::string_view field);

// Returns text for a proto string: replaces invalid UTF-8 with U+FFFD, and cuts longer text than
// `bytes_max` between two characters.
std::string ToText(std::string_view text, std::size_t bytes_max = std::string_view::npos);

}  // namespace orrery::rpc
