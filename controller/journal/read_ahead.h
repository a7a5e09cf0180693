// Reads a journal on one thread and visits its records on another: decoding a record takes about as
// long as doing something with it.
//
// Threading: functions without state.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/journal/journal_database.h"

namespace orrery::journal {

// Visits all records in order, on the calling thread, and returns the number of the last one. The
// first problem, of the journal or of `visit`, ends it and is returned. Errors as of ReadEntries.
absl::StatusOr<Lsn> ReadEntriesAhead(
    rocksdb::DB& database, const std::string& path,
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit);

}  // namespace orrery::journal
