#include "controller/rpc/session_rate.h"

namespace orrery::rpc {
namespace {

// "ipv4:10.0.0.7:41234" without the port, which differs for each connection.
std::string_view WithoutPort(std::string_view peer) {
  if (peer.starts_with("unix:")) return peer;
  const std::size_t colon = peer.rfind(':');
  return colon == std::string_view::npos ? peer : peer.substr(0, colon);
}

}  // namespace

absl::Duration SessionRate::Add(std::string_view peer, absl::Time now) {
  std::erase_if(peers_, [&](const auto& entry) { return entry.second.IsFull(now); });
  const TokenBucket full(static_cast<double>(settings_.per_second.max),
                         static_cast<double>(settings_.burst.max));
  TokenBucket& bucket = peers_.try_emplace(std::string(WithoutPort(peer)), full).first->second;
  return bucket.Spend(now, 1) ? absl::ZeroDuration() : bucket.TimeUntil(now, 1);
}

}  // namespace orrery::rpc
