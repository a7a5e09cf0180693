#include "controller/runtime/history_source.h"

#include <optional>

#include "base/status_macros.h"
#include "controller/journal/compaction/record_workflow.h"

namespace orrery::runtime {

absl::StatusOr<Histories> ReadHistories(const journal::Journal& journal,
                                        const std::set<engine::WorkflowNumber>& numbers) {
  std::map<engine::WorkflowNumber, std::shared_ptr<engine::History>> found;
  for (const engine::WorkflowNumber number : numbers) {
    found.emplace(number, std::make_shared<engine::History>());
  }
  RETURN_IF_ERROR(journal.Scan([&](journal::Lsn, const engine::Record& record) {
    const std::optional<engine::WorkflowNumber> number = journal::WorkflowOf(record);
    const auto history = number.has_value() ? found.find(*number) : found.end();
    if (history != found.end()) engine::Collect(record, *number, *history->second);
    return absl::OkStatus();
  }));
  return Histories(found.begin(), found.end());
}

absl::StatusOr<std::shared_ptr<const engine::History>> ReadHistory(const journal::Journal& journal,
                                                                   engine::WorkflowNumber number) {
  ASSIGN_OR_RETURN(const Histories histories, ReadHistories(journal, {number}));
  return histories.at(number);
}

}  // namespace orrery::runtime
