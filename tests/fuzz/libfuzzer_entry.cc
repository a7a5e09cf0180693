#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz_target.h"

// libFuzzer's name, declared by nobody.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::TestOneInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
