// Measures this machine without gRPC: sockets, disk, memory, processes.
//
// Threading: functions without state; they block.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/measure/samples.h"

namespace orrery::bench {

// Sends 100 bytes to another process and back through a bare socket. Forks: call before the first
// thread starts.
absl::StatusOr<Samples> PingOverSocket(bool is_tcp, std::int64_t count);

// Appends 100 bytes to a file in the folder and syncs it.
absl::StatusOr<Samples> SyncFile(const std::string& folder, std::int64_t count);

// Writes new files of `bytes` in the folder, maps and reads them.
absl::StatusOr<Samples> WriteAndMap(const std::string& folder, std::int64_t count,
                                    std::int64_t bytes);

absl::Duration CopyMemory(std::int64_t bytes);
absl::Duration HashMemory(std::int64_t bytes);

// Starts /bin/true and waits for it.
absl::StatusOr<Samples> SpawnProgram(std::int64_t count);

}  // namespace orrery::bench
