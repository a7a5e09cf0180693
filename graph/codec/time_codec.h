// Times and durations as protobuf's messages, to the nanosecond.
//
// Threading: functions without state.
#pragma once

#include "absl/time/time.h"

namespace google::protobuf {
class Duration;
class Timestamp;
}  // namespace google::protobuf

namespace orrery::graph {

// A time outside the years 1 to 9999 becomes the nearest time inside them, in both directions.
void EncodeTime(absl::Time time, google::protobuf::Timestamp& out);
absl::Time DecodeTime(const google::protobuf::Timestamp& message);

void EncodeDuration(absl::Duration duration, google::protobuf::Duration& out);
absl::Duration DecodeDuration(const google::protobuf::Duration& message);

}  // namespace orrery::graph
