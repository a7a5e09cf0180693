// The computation of a stencil task, for the worker, and for the client that checks it.
#pragma once

#include <cstdint>

namespace orrery::bench {

inline std::int64_t Blend(std::int64_t a, std::int64_t b, std::int64_t c) {
  return (a + b + c) % 1'000'003;
}

}  // namespace orrery::bench
