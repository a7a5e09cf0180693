#include "controller/storage/database_disk.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "controller/storage/journal_database.h"
#include "fmt/format.h"
#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace orrery::storage {
namespace {

constexpr std::string_view kLockName = "LOCK";

std::string PathOf(std::string_view folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
}

std::string_view NameIn(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool IsForPeople(std::string_view path) { return NameIn(path).starts_with("OPTIONS-"); }

bool IsLog(std::string_view name) {
  return name.ends_with(".log") && name.find_first_not_of("0123456789") == name.size() - 4;
}

// Whether RocksDB makes files of such a name for a database without tables. Others, in the same
// folder, are somebody else's.
bool IsOfDatabase(std::string_view name) {
  return name == "CURRENT" || name == "IDENTITY" || name == "LOG" || name.starts_with("LOG.old.") ||
         name.starts_with("MANIFEST-") || IsForPeople(name) || name.ends_with(".dbtmp") ||
         IsLog(name);
}

// Whether no entry was ever written: neither to a table nor to a log.
absl::StatusOr<bool> IsUnwritten(const std::string& path, const std::vector<std::string>& names,
                                 rocksdb::Env& env) {
  for (const std::string& name : names) {
    if (name.ends_with(".sst")) return false;
    if (!IsLog(name)) continue;
    std::uint64_t bytes = 0;
    RETURN_IF_ERROR(FromRocksDb(env.GetFileSize(PathOf(path, name), &bytes), path));
    if (bytes > 0) return false;
  }
  return true;
}

absl::Status SyncFile(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  // One that RocksDB has removed meanwhile needs no sync.
  if (!file.is_open() && errno == ENOENT) return absl::OkStatus();
  if (!file.is_open() || ::fsync(file.value()) != 0) return ErrnoStatus(errno, "sync", path);
  return absl::OkStatus();
}

}  // namespace

absl::Status RemoveUnwritten(const std::string& path, rocksdb::Env& env) {
  rocksdb::FileLock* lock = nullptr;
  if (!env.LockFile(PathOf(path, kLockName), &lock).ok()) return absl::OkStatus();
  const auto remove = [&]() -> absl::Status {
    std::vector<std::string> names;
    RETURN_IF_ERROR(FromRocksDb(env.GetChildren(path, &names), path));
    ASSIGN_OR_RETURN(const bool is_unwritten, IsUnwritten(path, names, env));
    if (!is_unwritten) return absl::OkStatus();
    // CURRENT last: a log without it would look like one whose CURRENT was lost.
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name != "CURRENT"; });
    for (const std::string& name : names) {
      if (!IsOfDatabase(name)) continue;
      RETURN_IF_ERROR(FromRocksDb(env.DeleteFile(PathOf(path, name)), path));
    }
    return absl::OkStatus();
  };
  const absl::Status removed = remove();
  RETURN_IF_ERROR(FromRocksDb(env.UnlockFile(lock), path));
  return removed;
}

// Hands out files whose syncs are performed only if they are wanted.
class DatabaseDisk::Files : public rocksdb::FileSystemWrapper {
 public:
  Files(const std::shared_ptr<rocksdb::FileSystem>& target, bool is_new)
      : FileSystemWrapper(target), is_new_(is_new) {}

  const char* Name() const override { return "DatabaseDisk"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override {
    OnNewName();
    return FileSystemWrapper::RenameFile(from, to, options, context);
  }

  bool is_new() const {
    MutexLock lock(mutex_);
    return is_new_;
  }
  // Whether all names in the folder are as they were when its making ended, and synced.
  bool has_synced_names() const {
    MutexLock lock(mutex_);
    return has_synced_names_;
  }
  void EndMaking() {
    MutexLock lock(mutex_);
    is_new_ = false;
    has_synced_names_ = true;
  }

 private:
  class File;
  class Directory;

  void OnNewName() {
    MutexLock lock(mutex_);
    has_synced_names_ = false;
  }

  mutable Mutex mutex_;
  bool is_new_ GUARDED_BY(mutex_);
  bool has_synced_names_ GUARDED_BY(mutex_) = false;
};

class DatabaseDisk::Files::File : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  // `files` outlives it.
  File(std::unique_ptr<rocksdb::FSWritableFile>&& file, const Files& files, bool is_for_people)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), is_for_people_(is_for_people) {}

  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* context) override {
    if (is_for_people_ || files_.is_new()) return rocksdb::IOStatus::OK();
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    if (is_for_people_ || files_.is_new()) return rocksdb::IOStatus::OK();
    return FSWritableFileOwnerWrapper::Fsync(options, context);
  }

 private:
  const Files& files_;
  const bool is_for_people_;
};

class DatabaseDisk::Files::Directory : public rocksdb::FSDirectoryWrapper {
 public:
  // `files` outlives it.
  Directory(std::unique_ptr<rocksdb::FSDirectory>&& directory, const Files& files)
      : FSDirectoryWrapper(std::move(directory)), files_(files) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options,
                          rocksdb::IODebugContext* context) override {
    return FsyncWithDirOptions(options, context, {});
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options,
                                        rocksdb::IODebugContext* context,
                                        const rocksdb::DirFsyncOptions& what) override {
    if (files_.is_new() || files_.has_synced_names() || IsForPeople(what.renamed_new_name)) {
      return rocksdb::IOStatus::OK();
    }
    return FSDirectoryWrapper::FsyncWithDirOptions(options, context, what);
  }

 private:
  const Files& files_;
};

rocksdb::IOStatus DatabaseDisk::Files::NewWritableFile(
    const std::string& path, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSWritableFile>* file, rocksdb::IODebugContext* context) {
  OnNewName();
  rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(path, options, file, context);
  if (!status.ok() || path.ends_with(".log")) return status;
  // Only these are ever left unsynced; tables, which come later, are as they are.
  if (IsForPeople(path) || is_new()) {
    *file = std::make_unique<File>(std::move(*file), *this, IsForPeople(path));
  }
  return status;
}

rocksdb::IOStatus DatabaseDisk::Files::NewDirectory(
    const std::string& path, const rocksdb::IOOptions& options,
    std::unique_ptr<rocksdb::FSDirectory>* directory, rocksdb::IODebugContext* context) {
  rocksdb::IOStatus status = FileSystemWrapper::NewDirectory(path, options, directory, context);
  if (status.ok()) *directory = std::make_unique<Directory>(std::move(*directory), *this);
  return status;
}

DatabaseDisk::DatabaseDisk(rocksdb::Env& env, bool is_new)
    : files_(std::make_shared<Files>(env.GetFileSystem(), is_new)),
      env_(rocksdb::NewCompositeEnv(files_)) {}

DatabaseDisk::DatabaseDisk(DatabaseDisk&&) noexcept = default;

DatabaseDisk::~DatabaseDisk() = default;

absl::Status DatabaseDisk::EndMaking(const std::string& path) {
  if (!files_->is_new()) return absl::OkStatus();
  std::vector<std::string> names;
  RETURN_IF_ERROR(FromRocksDb(env_->GetChildren(path, &names), path));
  std::erase_if(names,
                [](const std::string& name) { return !IsOfDatabase(name) || IsForPeople(name); });
  std::vector<absl::Status> results(names.size() + 2);
  {
    // Each by itself would wait for the disk once more; what comes at the same time, it does at
    // once.
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < names.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = SyncFile(PathOf(path, names[i])); });
    }
    threads.emplace_back([&] { results[names.size()] = SyncDirectory(path); });
    const std::string parent = std::filesystem::path(path).parent_path().string();
    results.back() = SyncDirectory(parent.empty() ? "." : parent);
  }
  for (absl::Status& result : results) RETURN_IF_ERROR(std::move(result));
  files_->EndMaking();
  return absl::OkStatus();
}

}  // namespace orrery::storage
