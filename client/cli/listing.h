// A list of workflows out of pages.
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
  // There are more than were asked for.
  bool has_more = false;
};

absl::StatusOr<Listing> ListWorkflows(client::Client& client, std::size_t limit);

}  // namespace orrery::cli
