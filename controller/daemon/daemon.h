// orreryd: every concrete class, wired together.
#pragma once

#include "controller/daemon/settings.h"

namespace orrery::daemon {

// The exit codes of orreryd, as --help lists them.
enum class DaemonExit {
  kStopped = 0,
  kUsage = 2,
  kRootInUse = 5,
  kStorageFailed = 6,
  kCannotListen = 7,
};

// Serves until SIGTERM, SIGINT or SIGHUP, or until it cannot; says why on stderr. To be called on
// the main thread before others exist.
DaemonExit RunDaemon(const Settings& settings);

}  // namespace orrery::daemon
