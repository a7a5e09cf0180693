// The work that the check of one graph may still do (kLimits.inference_steps_max).
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>

namespace orrery::graph {

class StepBudget {
 public:
  explicit StepBudget(std::size_t steps) : left_(steps) {}

  // Returns false if less than `steps` is left; after that, always returns false.
  bool Spend(std::size_t steps) {
    if (is_spent_ || steps > left_) {
      is_spent_ = true;
      return false;
    }
    left_ -= steps;
    return true;
  }

  bool is_spent() const { return is_spent_; }

 private:
  std::size_t left_;
  bool is_spent_ = false;
};

}  // namespace orrery::graph
