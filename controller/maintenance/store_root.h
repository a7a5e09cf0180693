// What lies under a root, and whether it can be one store.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace orrery::maintenance {

std::string JournalPath(std::string_view root);

// Whether there is a journal, whole or not.
bool HasJournal(std::string_view root);

// kDataLoss: there are blobs but no journal that says what they are, so one is not begun anew.
absl::Status CheckRootIsWhole(std::string_view root);

}  // namespace orrery::maintenance
