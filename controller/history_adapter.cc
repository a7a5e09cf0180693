#include "controller/history_adapter.h"

#include <utility>

namespace orrery {

void HistoryThread::Load(
    engine::WorkflowNumber number,
    std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) {
  thread_.Add([this, number, done = std::move(done)]() -> runtime::Mailbox::Message {
    return [done, history = runtime::ReadHistory(journal_, number)] { done(history); };
  });
}

}  // namespace orrery
