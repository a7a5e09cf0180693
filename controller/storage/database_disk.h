// The disk as RocksDB sees it: of its syncs those are performed that what was acknowledged depends
// on, because each takes milliseconds in which a start does nothing else.
//
// What RocksDB writes for people, its OPTIONS, is never synced: nobody reads it. And a new database
// is synced once, when it is complete, all files at the same time. A power cut before that may
// leave anything of it, so RemoveUnwritten takes away what nothing has been written to.
//
// Threading: thread-safe, but for EndMaking.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace orrery::storage {

// Removes a database that was made and has no entries, because it may not be whole, and nothing
// else that is in its folder. Requires that nobody was told of a record. One that another process
// has open is left alone.
absl::Status RemoveUnwritten(const std::string& path, rocksdb::Env& env);

class DatabaseDisk {
 public:
  // `env` outlives this. A new disk syncs nothing but logs until EndMaking.
  DatabaseDisk(rocksdb::Env& env, bool is_new);
  DatabaseDisk(DatabaseDisk&&) noexcept;
  DatabaseDisk& operator=(DatabaseDisk&&) = delete;
  ~DatabaseDisk();

  // Outlives the database, and dies with this.
  rocksdb::Env& env() { return *env_; }

  // Makes what is in the database's folder survive a power cut; later syncs are performed. Nothing
  // to do unless it is new. Errors as of base/file.h.
  absl::Status EndMaking(const std::string& path);

 private:
  class Files;

  std::shared_ptr<Files> files_;  // RocksDB asks for a shared one.
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace orrery::storage
