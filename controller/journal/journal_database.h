// The RocksDB database that holds a journal: how it is opened, and how its entries are read.
//
// Shared by the journal of a running controller and the reader of one that stands still, so that
// both refuse the same things.
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
  // A database is made if there is none, and no sign that there was one.
  kWrite,
  // Changes nothing, and takes no lock.
  kReadOnly,
};

// kFailedPrecondition: another process has it open. kNotFound: there is none, and none was to be
// made. kDataLoss: it is damaged. kResourceExhausted: no space.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDatabase(const std::string& path,
                                                          rocksdb::Env* env, DatabaseAccess access);

absl::Status FromRocksDb(const rocksdb::Status& status, const std::string& path);

// RocksDB has no code of its own for "somebody else holds the lock".
bool IsLockHeld(const rocksdb::Status& status);

// Whether RocksDB would find a database in this folder.
bool HasDatabase(const std::string& path, rocksdb::Env& env);

// Whether another process holds the lock of the database in this folder.
bool IsDatabaseLocked(const std::string& path);

// Whether the database says that it is a journal of a format that this program reads. kNotFound: it
// is empty. kDataLoss: it has entries, but no header, or a damaged one. kFailedPrecondition:
// another format version.
absl::Status CheckHeader(rocksdb::DB& database, const std::string& path);

struct JournalVisitor {
  // In order. An error ends the reading.
  std::function<absl::Status(Lsn, engine::Record)> on_record;
  // What is wrong with the record of this number, or with those from it on; an error ends the
  // reading, otherwise it goes on with the next record that there is.
  std::function<absl::Status(Lsn, absl::Status)> on_problem;
};

// The entries at this moment, not yet at any.
std::unique_ptr<rocksdb::Iterator> NewEntryIterator(rocksdb::DB& database);
// The header, and the iterator at the entry after it.
absl::StatusOr<JournalHeader> TakeHeader(rocksdb::Iterator& entries);
// Whether the record is not to be read, though it is still there.
bool IsRemoved(const engine::Record& record, const JournalHeader& header);

// Reads all entries and returns the number of the last record.
absl::StatusOr<Lsn> ReadEntries(rocksdb::DB& database, const std::string& path,
                                const JournalVisitor& visitor);

}  // namespace orrery::journal
