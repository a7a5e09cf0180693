// The work that a workflow does in one turn.
//
// Threading: values without shared state.
#pragma once

#include <cstdint>

namespace orrery::engine {

// Counts the work (graph/builtins/work.h) of a turn. The last piece may be beyond the limit.
class WorkMeter {
 public:
  explicit WorkMeter(std::uint64_t max) : max_(max) {}

  void Add(std::uint64_t work) { done_ += work; }
  std::uint64_t done() const { return done_; }
  bool is_spent() const { return done_ >= max_; }

 private:
  std::uint64_t max_;
  std::uint64_t done_ = 0;
};

}  // namespace orrery::engine
