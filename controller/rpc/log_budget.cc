#include "controller/rpc/log_budget.h"

#include <utility>

namespace orrery::rpc {

bool LogBudget::Spend(absl::Time now, std::size_t bytes) {
  if (bytes_.Spend(now, static_cast<double>(bytes))) return true;
  ++dropped_;
  return false;
}

std::size_t LogBudget::TakeDropped() { return std::exchange(dropped_, 0); }

}  // namespace orrery::rpc
