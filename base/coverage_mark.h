// Proof that a rare branch is reached: COVERAGE_MARK("recovery.claim_resolved") counts how often.
//
// A mark exists from the start of every program that links its code, so a test can list the marks
// that were never reached. Marks have no visible effect: pure code stays pure. In a release build
// (NDEBUG) they compile to nothing.
//
// Threading: thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace orrery::coverage {

struct Mark {
  std::string_view name;
  std::uint64_t times_reached = 0;
};

// Returns all marks, sorted by name.
std::vector<Mark> Marks();

// Counts one mark. Static storage duration only.
class Counter {
 public:
  explicit Counter(std::string_view name);
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  void Reach() { times_reached_.fetch_add(1, std::memory_order_relaxed); }
  Mark mark() const { return {name_, times_reached_.load(std::memory_order_relaxed)}; }
  const Counter* next() const { return next_; }

 private:
  const std::string_view name_;
  const Counter* const next_;
  std::atomic<std::uint64_t> times_reached_{0};
};

// A string as a template argument.
template <std::size_t kSize>
struct Name {
  // Implicit, so that a string literal converts.
  constexpr Name(const char (&text)[kSize]) { std::copy_n(text, kSize, bytes); }
  char bytes[kSize] = {};
};

template <Name kName>
inline Counter counter{std::string_view(kName.bytes, sizeof(kName.bytes) - 1)};

}  // namespace orrery::coverage

#ifdef NDEBUG
#define COVERAGE_MARK(name) static_cast<void>(0)
#else
#define COVERAGE_MARK(name) ::orrery::coverage::counter<name>.Reach()
#endif
