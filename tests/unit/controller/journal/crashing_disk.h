// A disk for RocksDB that dies at a chosen operation and then loses what was not synced.
//
// Threading: thread-safe, except Crash.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace orrery::journal {

// Says which unsynced changes a crash loses.
enum class CrashLoss {
  kNothing,       // The process died: the page cache keeps everything.
  kData,          // A power cut after the names of files reached the disk: unsynced bytes are lost.
  kDataAndNames,  // A power cut before that: also what was created, renamed and deleted.
};

class CrashingDisk {
 public:
  // Operation number `operations_max` and all later ones fail, and change nothing. Moves deleted
  // files to the existing folder `deleted`.
  CrashingDisk(int operations_max, std::string deleted)
      : operations_max_(operations_max), deleted_(std::move(deleted)) {}

  // The disk outlives the returned environment.
  std::unique_ptr<rocksdb::Env> MakeEnv();

  bool has_failed() {
    MutexLock lock(mutex_);
    return operations_ > operations_max_;
  }
  // Undoes unsynced changes. Requires: the files are closed.
  void Crash(CrashLoss loss);

 private:
  friend class CrashingFile;
  friend class CrashingDirectory;
  friend class CrashingFileSystem;

  rocksdb::IOStatus Begin() {
    MutexLock lock(mutex_);
    return ++operations_ > operations_max_ ? rocksdb::IOStatus::IOError("the disk is gone")
                                           : rocksdb::IOStatus::OK();
  }
  void OnCreate(const std::string& path) {
    MutexLock lock(mutex_);
    changes_.emplace_back("", path);
    synced_bytes_[path] = 0;
  }
  void OnSync(const std::string& path, std::uint64_t bytes) {
    MutexLock lock(mutex_);
    synced_bytes_[path] = bytes;
  }
  void OnDirectorySync() {
    MutexLock lock(mutex_);
    changes_.clear();
  }
  void Delete(const std::string& path) EXCLUDES(mutex_) {
    Rename(path, deleted_ + "/" + std::to_string(deletions_++));
  }
  void Rename(const std::string& from, const std::string& to) EXCLUDES(mutex_) {
    if (std::filesystem::exists(to)) Delete(to);
    MutexLock lock(mutex_);
    std::filesystem::rename(from, to);
    synced_bytes_[to] = std::exchange(synced_bytes_[from], 0);
    changes_.emplace_back(from, to);
  }

  const int operations_max_;
  const std::string deleted_;
  Mutex mutex_;
  int operations_ GUARDED_BY(mutex_) = 0;
  std::atomic<int> deletions_ = 0;
  // Old and new names since the folder was last synced. No old name: the file was created.
  std::vector<std::pair<std::string, std::string>> changes_ GUARDED_BY(mutex_);
  std::map<std::string, std::uint64_t> synced_bytes_ GUARDED_BY(mutex_);
};

class CrashingFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  CrashingFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string path,
               CrashingDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), path_(std::move(path)), disk_(disk) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = disk_.Begin();
    return status.ok() ? FSWritableFileOwnerWrapper::Append(data, options, context) : status;
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = disk_.Begin();
    if (status.ok()) disk_.OnSync(path_, GetFileSize(options, context));
    return status;
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    return Sync(options, context);
  }

 private:
  const std::string path_;
  CrashingDisk& disk_;
};

class CrashingDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  CrashingDirectory(std::unique_ptr<rocksdb::FSDirectory>&& directory, CrashingDisk& disk)
      : FSDirectoryWrapper(std::move(directory)), disk_(disk) {}

  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions&, rocksdb::IODebugContext*,
                                        const rocksdb::DirFsyncOptions&) override {
    rocksdb::IOStatus status = disk_.Begin();
    if (status.ok()) disk_.OnDirectorySync();
    return status;
  }

 private:
  CrashingDisk& disk_;
};

class CrashingFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit CrashingFileSystem(CrashingDisk& disk)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}

  const char* Name() const override { return "CrashingFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = disk_.Begin();
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(path, options, file, context);
    if (!status.ok()) return status;
    disk_.OnCreate(path);
    *file = std::make_unique<CrashingFile>(std::move(*file), path, disk_);
    return status;
  }
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status = FileSystemWrapper::NewDirectory(path, options, directory, context);
    if (status.ok()) {
      *directory = std::make_unique<CrashingDirectory>(std::move(*directory), disk_);
    }
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    rocksdb::IOStatus status = disk_.Begin();
    if (status.ok()) disk_.Rename(from, to);
    return status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions&,
                               rocksdb::IODebugContext*) override {
    if (!std::filesystem::exists(path)) return rocksdb::IOStatus::PathNotFound(path);
    rocksdb::IOStatus status = disk_.Begin();
    if (status.ok()) disk_.Delete(path);
    return status;
  }

 private:
  CrashingDisk& disk_;
};

inline std::unique_ptr<rocksdb::Env> CrashingDisk::MakeEnv() {
  return rocksdb::NewCompositeEnv(std::make_shared<CrashingFileSystem>(*this));
}

inline void CrashingDisk::Crash(CrashLoss loss) {
  MutexLock lock(mutex_);
  if (loss == CrashLoss::kNothing) return;
  for (const auto& [path, bytes] : synced_bytes_) {
    if (std::filesystem::exists(path)) std::filesystem::resize_file(path, bytes);
  }
  if (loss == CrashLoss::kData) return;
  for (; !changes_.empty(); changes_.pop_back()) {
    const auto& [from, to] = changes_.back();
    if (from.empty()) {
      std::filesystem::remove(to);
    } else {
      std::filesystem::rename(to, from);
    }
  }
}

}  // namespace orrery::journal
