// Checks the content of a root before a controller starts on it.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace orrery::maintenance {

std::string JournalPath(std::string_view root);

// Returns true if there is a journal, complete or not.
bool HasJournal(std::string_view root);

// Errors: kDataLoss if there are blobs but no journal that refers to them, so that no new journal
// may be created.
absl::Status CheckRootIsWhole(std::string_view root);

}  // namespace orrery::maintenance
