#include "controller/rpc/session_rate.h"

#include <algorithm>

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
  const auto burst = static_cast<double>(settings_.burst.max);
  const auto rate = static_cast<double>(settings_.per_second.max);
  const auto refilled = [&](const Budget& budget) {
    return std::min(burst, budget.left + rate * absl::ToDoubleSeconds(now - budget.at));
  };
  std::erase_if(peers_, [&](const auto& entry) { return refilled(entry.second) >= burst; });
  Budget& budget =
      peers_.try_emplace(std::string(WithoutPort(peer)), Budget{burst, now}).first->second;
  budget = {.left = refilled(budget), .at = now};
  if (budget.left < 1) return absl::Seconds((1 - budget.left) / rate);
  budget.left -= 1;
  return absl::ZeroDuration();
}

}  // namespace orrery::rpc
