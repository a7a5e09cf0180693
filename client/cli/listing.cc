#include "client/cli/listing.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>

#include "base/status_macros.h"

namespace orrery::cli {
namespace {

constexpr std::size_t kPageSizeMax = 1000;

}  // namespace

absl::StatusOr<Listing> ListWorkflows(client::Client& client, std::size_t limit) {
  Listing listing;
  std::string token;
  while (true) {
    const std::size_t wanted = std::min(limit - listing.workflows.size(), kPageSizeMax);
    ASSIGN_OR_RETURN(client::WorkflowPage page,
                     client.List(static_cast<std::uint32_t>(wanted), std::move(token)));
    std::ranges::move(page.workflows, std::back_inserter(listing.workflows));
    token = std::move(page.next_page_token);
    if (token.empty()) return listing;
    if (listing.workflows.size() >= limit) {
      listing.has_more = true;
      return listing;
    }
  }
}

}  // namespace orrery::cli
