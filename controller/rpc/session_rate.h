// Limits how often the processes of one address open sessions.
//
// A worker whose sessions end at once would otherwise cost two records each time. Processes that
// connect through one socket of this machine share its address.
//
// Threading: confined to the loop thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/limit.h"
#include "controller/rpc/token_bucket.h"

namespace orrery::rpc {

struct SessionRateSettings {
  Limit burst{.name = "session_burst",
              .max = 2000,
              .unit = LimitUnit::kCount,
              .of = "sessions that one address opens at once",
              .beyond = "the worker is told to retry later"};
  Limit per_second{.name = "sessions_per_second",
                   .max = 50,
                   .unit = LimitUnit::kCount,
                   .of = "sessions that one address opens in each second, on average",
                   .beyond = "the worker is told to retry later"};
};

class SessionRate {
 public:
  explicit SessionRate(SessionRateSettings settings) : settings_(settings) {}
  SessionRate(const SessionRate&) = delete;
  SessionRate& operator=(const SessionRate&) = delete;

  // Counts a session of `peer`, an address as gRPC writes it. Returns zero if it may open,
  // otherwise the duration after which to try again.
  absl::Duration Add(std::string_view peer, absl::Time now);

 private:
  const SessionRateSettings settings_;
  std::map<std::string, TokenBucket, std::less<>> peers_;  // Those whose bucket is not full.
};

}  // namespace orrery::rpc
