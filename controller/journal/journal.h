// The interface of the journal: an append-only sequence of engine records.
//
// The journal decides what has happened. A record's LSN is its position, from 1, without gaps.
// Append only queues records; a record is durable when `on_durable` reports its LSN or a later one.
// After a failure nothing is acknowledged any more: a failed sync is not retried.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/engine/record.h"

namespace orrery::journal {

// The failures that an acknowledged record survives.
enum class Durability {
  kMemory,   // None: records end with the process. For tests and benchmarks.
  kProcess,  // The death of the process, but not of the machine.
  kDisk,     // A power cut.
};

// Parses "memory", "process" or "disk".
absl::StatusOr<Durability> ParseDurability(std::string_view text);
std::string_view DurabilityName(Durability durability);

using Lsn = std::uint64_t;

// The callbacks of a journal. Called from the journal's thread, or by fakes inside a call of the
// journal. Must be quick and must not call the journal.
struct JournalListener {
  // Called when every record up to this LSN is durable. LSNs only grow.
  std::function<void(Lsn)> on_durable;
  // Called at most once. No further records become durable.
  std::function<void(absl::Status)> on_failure;
};

// Threading: confined to the loop thread, except Scan, which is thread-safe.
class Journal {
 public:
  virtual ~Journal() = default;

  // Visits all records in order. Call once, before Append.
  //
  // Errors: kDataLoss if a stored byte is wrong or a record is missing; an error of `visit`, which
  // ends the replay.
  virtual absl::Status Replay(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) = 0;

  // Visits the records that are written so far, in order, at any time. Errors: those of Replay.
  virtual absl::Status Scan(
      const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const = 0;

  // Queues one or more records and returns the LSN of the last one. Never waits for the disk.
  virtual Lsn Append(std::vector<engine::Record> records) = 0;

  // Tells the journal that a sender waits for the records appended so far. Without this call, a
  // journal may delay a write to collect more records.
  virtual void RequestFlush() {}
};

}  // namespace orrery::journal
