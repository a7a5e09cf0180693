#include "controller/runtime/history_source.h"

#include "base/status_macros.h"

namespace orrery::runtime {

absl::StatusOr<std::shared_ptr<const engine::History>> ReadHistory(const journal::Journal& journal,
                                                                   engine::WorkflowNumber number) {
  auto history = std::make_shared<engine::History>();
  RETURN_IF_ERROR(journal.Scan([&](journal::Lsn, const engine::Record& record) {
    engine::Collect(record, number, *history);
    return absl::OkStatus();
  }));
  return history;
}

}  // namespace orrery::runtime
