// Measures gRPC alone on this machine: a bare bidirectional stream between two processes, with one
// thread and one completion queue on each side, and messages that are not even encoded.
//
// Threading: functions without state; they block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/measure/gaps.h"
#include "bench/measure/samples.h"

namespace orrery::bench {

// Serves the functions below, one stream at a time, until the process is killed. Prints "ready" and
// the port.
absl::Status ServeEcho(const std::string& address);

struct PingOptions {
  std::int64_t count = 0;
  std::size_t message_bytes = 100;
  // The wait before each ping; null: none.
  Gaps* gaps = nullptr;
};

// Sends one message there and back.
absl::StatusOr<Samples> PingOverGrpc(const std::string& address, const PingOptions& options);

// Returns the duration of `count` messages in one direction, until their receipt is confirmed.
absl::StatusOr<absl::Duration> StreamOverGrpc(const std::string& address, std::int64_t count,
                                              std::size_t message_bytes);

}  // namespace orrery::bench
