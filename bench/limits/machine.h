// What this machine can do without gRPC: sockets, disk, memory, processes.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/measure/samples.h"

namespace orrery::bench {

// 100 bytes to another process and back through a bare socket. Forks; before there are threads.
absl::StatusOr<Samples> PingOverSocket(bool is_tcp, std::int64_t count);

// 100 bytes appended to a file of the folder and made durable.
absl::StatusOr<Samples> SyncFile(const std::string& folder, std::int64_t count);

// New files of `bytes` written in the folder, mapped again and read.
absl::StatusOr<Samples> WriteAndMap(const std::string& folder, std::int64_t count,
                                    std::int64_t bytes);

absl::Duration CopyMemory(std::int64_t bytes);
absl::Duration HashMemory(std::int64_t bytes);

// /bin/true started and waited for.
absl::StatusOr<Samples> SpawnProgram(std::int64_t count);

}  // namespace orrery::bench
