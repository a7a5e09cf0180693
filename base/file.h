// Whole files and folders: read, map, replace atomically, remove.
//
// Errors carry the path and the system's text. Codes: kNotFound (ENOENT), kPermissionDenied,
// kAlreadyExists, kResourceExhausted (no space, quota, file size limit, too many open files),
// kUnavailable for the rest.
//
// Threading: functions without state; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/limit.h"
#include "base/shared_bytes.h"

namespace orrery {

// Tells a function whether the bytes must be on the disk before it returns.
enum class Sync { kNone, kSync };

// Returns "<action> <path>: <text of error_number>" with the code above.
absl::Status ErrnoStatus(int error_number, std::string_view action, const std::string& path);

// Returns `path` from the root of the file system, without "." and repeated slashes. ".." stays:
// behind a symbolic link it leads elsewhere than the text says.
std::string AbsolutePath(const std::string& path);

// Returns all bytes of what `path` opens: a file, a pipe, a FIFO, a file of /proc.
//
// Errors: kResourceExhausted if it has more than `bytes_max`; kAborted if a file became shorter or
// longer meanwhile; kFailedPrecondition for a folder.
absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max);
// Same, for a file that a user gives: beyond the limit the error is LimitExceeded with `advice`.
absl::StatusOr<std::string> ReadFile(const std::string& path, const Limit& limit,
                                     std::string_view advice);

// Maps a regular file instead of copying it: pages are read on first access, and the bytes stay
// valid after the file is deleted. Reads the file where mapping is not possible.
//
// Requires: nobody truncates the file, and the disk is reliable. An access to a page that cannot be
// read ends the process (SIGBUS).
absl::StatusOr<SharedBytes> MapFile(const std::string& path, std::uint64_t bytes_max);

// Creates or replaces `path`. Readers see the old bytes or the new ones, never a mixture. With
// kSync, the bytes and the name survive a power cut. After an error, the old file is unchanged.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, Sync sync);

// Creates `path` and its parent folders; existing ones are not an error.
absl::Status MakeDirectories(const std::string& path);

// Removes `path` and everything under it, without following links. Does nothing if it does not
// exist.
absl::Status RemoveTree(const std::string& path);

// Makes the names in a folder survive a power cut.
absl::Status SyncDirectory(const std::string& path);

// A new folder that only this user can enter. The destructor removes it with its contents.
class TempDirectory {
 public:
  // Creates the folder inside `parent`, or inside $TMPDIR or /tmp if `parent` is empty.
  static absl::StatusOr<TempDirectory> Create(std::string_view parent = {});

  TempDirectory(TempDirectory&& other) noexcept;
  TempDirectory& operator=(TempDirectory&& other) noexcept;
  ~TempDirectory();

  const std::string& path() const { return path_; }

 private:
  explicit TempDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;  // Empty after a move.
};

}  // namespace orrery
