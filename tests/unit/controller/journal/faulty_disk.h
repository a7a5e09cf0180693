// A disk for RocksDB that can be told to hold, fail or count the syncs of the journal's log.
//
// Threading: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace orrery::journal {

class FaultyDisk {
 public:
  // Syncs wait until Release.
  void Hold() {
    MutexLock lock(mutex_);
    is_held_ = true;
  }
  void Release() {
    MutexLock lock(mutex_);
    is_held_ = false;
    changed_.NotifyAll();
  }
  // Blocks until a sync has begun that had not when the last call returned.
  void WaitForSync() {
    MutexLock lock(mutex_);
    while (syncs_ == syncs_seen_) changed_.Wait(mutex_);
    syncs_seen_ = syncs_;
  }
  void FailSyncs() {
    MutexLock lock(mutex_);
    syncs_fail_ = true;
  }
  void FillUp() {
    MutexLock lock(mutex_);
    is_full_ = true;
  }
  void Repair() {
    MutexLock lock(mutex_);
    syncs_fail_ = false;
    is_full_ = false;
  }
  int syncs() {
    MutexLock lock(mutex_);
    return syncs_;
  }

  rocksdb::IOStatus OnAppend() {
    MutexLock lock(mutex_);
    return is_full_ ? rocksdb::IOStatus::NoSpace("no space left on device")
                    : rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus OnSync() {
    MutexLock lock(mutex_);
    ++syncs_;
    changed_.NotifyAll();
    while (is_held_) changed_.Wait(mutex_);
    return syncs_fail_ ? rocksdb::IOStatus::IOError("input/output error") : rocksdb::IOStatus::OK();
  }

  // Its files; the disk outlives it.
  std::unique_ptr<rocksdb::Env> MakeEnv();

 private:
  Mutex mutex_;
  CondVar changed_;
  bool is_held_ GUARDED_BY(mutex_) = false;
  bool syncs_fail_ GUARDED_BY(mutex_) = false;
  bool is_full_ GUARDED_BY(mutex_) = false;
  int syncs_ GUARDED_BY(mutex_) = 0;
  int syncs_seen_ GUARDED_BY(mutex_) = 0;
};

class FaultyLogFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyLogFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, FaultyDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = disk_.OnAppend();
    return status.ok() ? FSWritableFileOwnerWrapper::Append(data, options, context) : status;
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = disk_.OnSync();
    return status.ok() ? FSWritableFileOwnerWrapper::Sync(options, context) : status;
  }

 private:
  FaultyDisk& disk_;
};

class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(FaultyDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

  const char* Name() const override { return "FaultyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, file, context);
    if (status.ok() && path.ends_with(".log")) {
      *file = std::make_unique<FaultyLogFile>(std::move(*file), disk_);
    }
    return status;
  }

 private:
  FaultyDisk& disk_;
};

inline std::unique_ptr<rocksdb::Env> FaultyDisk::MakeEnv() {
  return rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(*this));
}

}  // namespace orrery::journal
