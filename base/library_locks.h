// Abseil's mutexes, which gRPC uses, look for deadlocks at every lock in builds that are not for
// release, and Debian's package is one: a graph of all locks held, itself under a lock.
#pragma once

namespace orrery {

// Ends that for this process. For the main function of programs.
void TrustLibraryLocks();

}  // namespace orrery
