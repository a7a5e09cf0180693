// Second names and copies of files, for backups.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"

namespace orrery::maintenance {

// Asked between pieces of a megabyte.
using IsCancelled = std::function<bool()>;
inline bool NeverCancelled() { return false; }

// Copies a file that does not exist yet at `to`, mode included, and syncs it. kCancelled: it was
// given up, and `to` may have a part of it.
absl::Status CopyFile(const std::string& from, const std::string& to,
                      const IsCancelled& is_cancelled = NeverCancelled);

// Gives a file that never changes a second name, or copies it where links do not reach. That `to`
// exists is fine if it is as long.
absl::Status LinkOrCopyFile(const std::string& from, const std::string& to,
                            const IsCancelled& is_cancelled = NeverCancelled);

// Copies the files of a folder, which has no folders in it, to a new one.
absl::Status CopyFolder(const std::string& from, const std::string& to);

}  // namespace orrery::maintenance
