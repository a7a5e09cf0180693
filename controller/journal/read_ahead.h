// Reads a journal on one thread and visits its records on another: decoding a record takes about as
// long as applying it.
//
// Threading: functions without state.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/journal/journal_database.h"

namespace orrery::journal {

// Visits all records in order, on the calling thread, and returns the LSN of the last one. Stops at
// the first problem of the journal or of `visit`. Errors: those of ReadEntries.
absl::StatusOr<Lsn> ReadEntriesAhead(
    rocksdb::DB& database, const std::string& path,
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit);

}  // namespace orrery::journal
