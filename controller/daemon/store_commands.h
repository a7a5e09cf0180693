// The commands of orreryd on a store that no controller runs on.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string>

#include "controller/daemon/daemon.h"

namespace orrery::daemon {

struct StoreCommandArguments {
  // restore: the backup's folder.
  std::string backup;
  // cancel: the id of the workflow.
  std::string workflow;
  // fsck: read every blob, not only look at its length.
  bool reads_blobs = false;
  // One JSON object on standard output instead of lines for people.
  bool is_json = false;
};

// Makes a store from a backup and prints what it is like.
DaemonExit RunRestore(const std::string& root, const StoreCommandArguments& arguments);

// Cancels the workflow, and holds it.
DaemonExit RunCancel(const std::string& root, const StoreCommandArguments& arguments);

// Checks the store and prints what it found.
DaemonExit RunFsck(const std::string& root, const StoreCommandArguments& arguments);

}  // namespace orrery::daemon
