// Links and copies files for backups.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace orrery::maintenance {

// Called after each megabyte.
using IsCancelled = std::function<bool()>;
inline bool NeverCancelled() { return false; }

// Copies a file with its mode to the new path `to`, and syncs it.
//
// Errors: kCancelled; `to` may then contain a part of the file.
absl::Status CopyFile(const std::string& from, const std::string& to,
                      const IsCancelled& is_cancelled = NeverCancelled);

// Links an immutable file to a second path, or copies it where links are not possible. Accepts an
// existing `to` of the same size.
absl::Status LinkOrCopyFile(const std::string& from, const std::string& to,
                            const IsCancelled& is_cancelled = NeverCancelled);

// Copies the files of a folder without subfolders to a new folder.
absl::Status CopyFolder(const std::string& from, const std::string& to);

}  // namespace orrery::maintenance
