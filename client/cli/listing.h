// Lists workflows, page by page.
//
// Threading: functions without state. Calls block.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cpp/client.h"

namespace orrery::cli {

inline constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

struct Listing {
  // Newest first.
  std::vector<client::Workflow> workflows;
  // More workflows exist than the limit.
  bool has_more = false;
};

// Returns the `limit` newest workflows.
absl::StatusOr<Listing> ListWorkflows(client::Client& client, std::size_t limit);

}  // namespace orrery::cli
