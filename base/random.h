// The interface to random numbers. Tests and the simulation replace it.
#pragma once

#include <cstdint>

namespace orrery {

class Random {
 public:
  virtual ~Random() = default;

  // Returns 64 uniformly distributed bits.
  virtual std::uint64_t Next() = 0;
};

// The kernel's generator; suitable for ids and secrets. Thread-safe.
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
