#include "graph/codec/time_codec.h"

#include <algorithm>
#include <cstdint>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace orrery::graph {
namespace {

// The range that protobuf allows: the years 1 to 9999.
constexpr std::int64_t kSecondsMin = -62'135'596'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;
constexpr std::int32_t kNanosMax = 999'999'999;

}  // namespace

void EncodeTime(absl::Time time, google::protobuf::Timestamp& out) {
  const std::int64_t seconds = std::clamp(absl::ToUnixSeconds(time), kSecondsMin, kSecondsMax);
  out.set_seconds(seconds);
  const absl::Duration rest = time - absl::FromUnixSeconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(
      std::clamp<std::int64_t>(absl::ToInt64Nanoseconds(rest), 0, kNanosMax)));
}

absl::Time DecodeTime(const google::protobuf::Timestamp& message) {
  return absl::FromUnixSeconds(
             std::clamp<std::int64_t>(message.seconds(), kSecondsMin, kSecondsMax)) +
         absl::Nanoseconds(std::clamp(message.nanos(), 0, kNanosMax));
}

void EncodeDuration(absl::Duration duration, google::protobuf::Duration& out) {
  absl::Duration rest;
  out.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  out.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
}

absl::Duration DecodeDuration(const google::protobuf::Duration& message) {
  return absl::Seconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

}  // namespace orrery::graph
