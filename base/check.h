// CHECK: an assertion that is on in every build.
//
// For mistakes of this program only, one condition each, stated as the positive claim. Never on
// input, files, the network or peers: those get an absl::Status.
#pragma once

namespace orrery {

// Writes one line to stderr and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace orrery

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::orrery::CheckFailed(#condition, __FILE__, __LINE__))
