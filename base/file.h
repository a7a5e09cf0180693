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
#include "base/shared_bytes.h"

namespace orrery {

// Whether bytes must be on the disk before a function returns.
enum class Sync { kNone, kSync };

// "<action> <path>: <text of error_number>" with the code above.
absl::Status ErrnoStatus(int error_number, std::string_view action, const std::string& path);

// The bytes of a regular file. kResourceExhausted: it is longer than `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, std::uint64_t bytes_max);

// The same without a copy: a page is read when it is first looked at, and the bytes stay when the
// file loses its name. Only for files that are never shortened, and for disks that are trusted: to
// look at a page that cannot be read ends the process (SIGBUS). Where a file cannot be mapped, it
// is read.
absl::StatusOr<SharedBytes> MapFile(const std::string& path, std::uint64_t bytes_max);

// Creates or replaces `path`: readers see the old bytes or the new, never a part. With kSync the
// bytes and the name survive a power cut. On an error the old file is untouched.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, Sync sync);

// Creates `path` and the folders above it; existing ones are fine.
absl::Status MakeDirectories(const std::string& path);

// Removes `path` and everything under it, without following links; a missing one is fine.
absl::Status RemoveTree(const std::string& path);

// Makes the names inside a folder survive a power cut.
absl::Status SyncDirectory(const std::string& path);

// A new folder that only this user can enter, removed with everything in it at the end.
class TempDirectory {
 public:
  // Inside `parent`; empty: inside $TMPDIR, or /tmp.
  static absl::StatusOr<TempDirectory> Create(std::string_view parent = {});

  TempDirectory(TempDirectory&& other) noexcept;
  TempDirectory& operator=(TempDirectory&& other) noexcept;
  ~TempDirectory();

  const std::string& path() const { return path_; }

 private:
  explicit TempDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;  // Empty: moved from.
};

}  // namespace orrery
