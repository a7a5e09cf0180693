// The journal: an append-only sequence of engine records, and one of the four seams of the system.
//
// What is in it is what happened. A record's number (Lsn) is its position, from 1, without gaps.
// Append only queues; that a record will survive is known when `on_durable` names its number or a
// later one. After a failure nothing is ever acknowledged again: a failed sync is not retried.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// What an acknowledged record survives.
enum class Durability {
  kMemory,   // Nothing: it is gone with the process. For tests and benchmarks.
  kProcess,  // The death of the process, not of the machine.
  kDisk,     // A power cut.
};

// "memory", "process", "disk".
absl::StatusOr<Durability> ParseDurability(std::string_view text);
std::string_view DurabilityName(Durability durability);

using Lsn = std::uint64_t;

// How a journal reports. Called from the journal's own thread, or inside a call of the journal by
// fakes; must be quick and must not call the journal.
struct JournalListener {
  // Every record up to this number is durable; numbers only grow.
  std::function<void(Lsn)> on_durable;
  // Called at most once; nothing is durable from then on that was not before.
  std::function<void(absl::Status)> on_failure;
};

// Threading: confined to the loop thread, but for Scan, which is thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;

  // Visits all records in order; call once, before Append. kDataLoss: a stored byte is wrong or a
  // record is missing. An error of `visit` ends the replay and is returned.
  virtual absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) = 0;

  // Visits the records that have been written by now, in order, at any time. Errors as of Replay.
  virtual absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const = 0;

  // Queues records, at least one, and returns the number of the last. Never waits for the disk.
  virtual Lsn Append(std::vector<engine::Record> records) = 0;

  // Somebody waits for what was appended. A journal may write what nobody waits for a moment later,
  // to write more at once.
  virtual void Hurry() {}
};

}  // namespace orrery::journal
