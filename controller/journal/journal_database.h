// The RocksDB database of a journal: opens it, and reads its entries.
//
// Shared by the journal of a running controller and the reader of a stopped one, so that both
// reject the same damage.
//
// Threading: functions without state; reading is thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/journal/journal.h"
#include "controller/journal/journal_batch.h"

namespace rocksdb {
class DB;
class Env;
class Iterator;
class Status;
}  // namespace rocksdb

namespace orrery::journal {

enum class DatabaseAccess {
  // Creates the database if it does not exist, and there is no sign that it ever did.
  kWrite,
  // Changes nothing, and takes no lock.
  kReadOnly,
};

// Errors: kFailedPrecondition if another process has the database open; kNotFound if it does not
// exist and must not be created; kDataLoss if it is damaged; kResourceExhausted if the disk is
// full.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDatabase(const std::string& path,
                                                          rocksdb::Env* env, DatabaseAccess access);

absl::Status FromRocksDb(const rocksdb::Status& status, const std::string& path);

// RocksDB has no status code for "another process holds the lock".
bool IsLockHeld(const rocksdb::Status& status);

// Returns true if RocksDB would find a database in this folder.
bool HasDatabase(const std::string& path, rocksdb::Env& env);

// Returns true if another process holds the lock of the database in this folder.
bool IsDatabaseLocked(const std::string& path);

// Checks that the database is a journal in a format that this program reads.
//
// Errors: kNotFound if it is empty; kDataLoss if its header is missing or damaged;
// kFailedPrecondition for another format version.
absl::Status CheckHeader(rocksdb::DB& database, const std::string& path);

struct JournalVisitor {
  // Called in order. An error ends the reading.
  std::function<absl::Status(Lsn, engine::Record)> on_record;
  // Called with the problem of the record with this LSN, or of those from it on. After OK, reading
  // continues with the next readable record; an error ends it.
  std::function<absl::Status(Lsn, absl::Status)> on_problem;
};

// Returns an iterator over a snapshot, not yet positioned.
std::unique_ptr<rocksdb::Iterator> NewEntryIterator(rocksdb::DB& database);
// Returns the header, and moves the iterator to the entry after it.
absl::StatusOr<JournalHeader> TakeHeader(rocksdb::Iterator& entries);
// Returns true if the record must be ignored although it is still stored.
bool IsRemoved(const engine::Record& record, const JournalHeader& header);

// Reads all entries and returns the LSN of the last record.
absl::StatusOr<Lsn> ReadEntries(rocksdb::DB& database, const std::string& path,
                                const JournalVisitor& visitor);

}  // namespace orrery::journal
