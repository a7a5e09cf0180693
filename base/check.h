// CHECK: an assertion that is on in every build.
//
// For bugs in this program only. Write one condition per CHECK, as the claim that must hold. Input,
// files, the network and peers get an absl::Status instead.
#pragma once

namespace orrery {

// Writes one line to stderr and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace orrery

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::orrery::CheckFailed(#condition, __FILE__, __LINE__))
