// Where chance comes from: one of the four seams of the system.
#pragma once

#include <cstdint>

namespace orrery {

class Random {
 public:
  virtual ~Random() = default;

  // 64 uniformly distributed bits.
  virtual std::uint64_t Next() = 0;
};

// The kernel's generator; fit for ids and secrets. Thread-safe.
class SystemRandom : public Random {
 public:
  std::uint64_t Next() override;
};

// splitmix64: the same seed gives the same sequence on every platform. Thread-compatible.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() override;

 private:
  std::uint64_t state_;
};

}  // namespace orrery
