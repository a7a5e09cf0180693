#include "base/random.h"

#include <cerrno>
#include <sys/random.h>

#include "base/check.h"

namespace orrery {

std::uint64_t SystemRandom::Next() {
  std::uint64_t bits = 0;
  // The kernel returns up to 256 bytes at once; only the wait for the seed at boot can be
  // interrupted.
  ssize_t count = 0;
  do {
    count = ::getrandom(&bits, sizeof(bits), 0);
  } while (count < 0 && errno == EINTR);
  CHECK(count == sizeof(bits));
  return bits;
}

std::uint64_t SeededRandom::Next() {
  state_ += 0x9e3779b97f4a7c15;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace orrery
