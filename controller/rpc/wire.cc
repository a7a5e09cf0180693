#include "controller/rpc/wire.h"

#include <algorithm>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "graph/utf8.h"

namespace orrery::rpc {
namespace {

// The range that proto allows: years 1 to 9999.
constexpr std::int64_t kSecondsMin = -62'135'596'800;
constexpr std::int64_t kSecondsMax = 253'402'300'799;

template <class Id>
absl::StatusOr<Id> FromBytes(std::string_view bytes, std::string_view field) {
  Id id;
  if (bytes.size() != id.bytes.size()) {
    return absl::InvalidArgumentError(
        fmt::format("{} has {} bytes, it needs {}", field, bytes.size(), id.bytes.size()));
  }
  std::ranges::transform(bytes, id.bytes.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  return id;
}

}  // namespace

void EncodeTime(absl::Time time, google::protobuf::Timestamp& out) {
  const std::int64_t seconds = std::clamp(absl::ToUnixSeconds(time), kSecondsMin, kSecondsMax);
  out.set_seconds(seconds);
  const absl::Duration rest = time - absl::FromUnixSeconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(
      std::clamp<std::int64_t>(absl::ToInt64Nanoseconds(rest), 0, 999'999'999)));
}

void EncodeDuration(absl::Duration duration, google::protobuf::Duration& out) {
  absl::Duration rest;
  out.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  out.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(rest)));
}

absl::Time DecodeTime(const google::protobuf::Timestamp& message) {
  return absl::FromUnixSeconds(
             std::clamp<std::int64_t>(message.seconds(), kSecondsMin, kSecondsMax)) +
         absl::Nanoseconds(std::clamp(message.nanos(), 0, 999'999'999));
}

std::string BytesOf(const Uuid& uuid) { return {uuid.bytes.begin(), uuid.bytes.end()}; }

std::string BytesOf(const Digest& digest) { return {digest.bytes.begin(), digest.bytes.end()}; }

absl::StatusOr<Uuid> UuidFromBytes(std::string_view bytes, std::string_view field) {
  return FromBytes<Uuid>(bytes, field);
}

absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes, std::string_view field) {
  return FromBytes<Digest>(bytes, field);
}

std::string ToText(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max && graph::IsValidUtf8(text)) return std::string(text);
  std::string valid;
  while (!text.empty()) {
    const graph::CodePoint point = graph::DecodeUtf8(text, graph::Surrogates::kRefused);
    std::string next;
    graph::AppendUtf8(next, point.length == 0 ? U'\uFFFD' : point.value);
    if (valid.size() + next.size() > bytes_max) break;
    valid += next;
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return valid;
}

}  // namespace orrery::rpc
