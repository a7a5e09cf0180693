#include "controller/runtime/history_thread.h"

#include <utility>

#include "model/rerun_plan.h"

namespace orrery::runtime {

void HistoryThread::Load(
    engine::WorkflowNumber number,
    std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) {
  thread_.Add([this, number, done = std::move(done)]() mutable -> Mailbox::Message {
    return [done = std::move(done), history = ReadHistory(journal_, number)] { done(history); };
  });
}

void HistoryThread::Plan(engine::WorkflowSubmitted submission,
                         std::shared_ptr<const engine::History> history,
                         std::function<void(absl::StatusOr<model::RerunPlan>)> done) {
  thread_.Add([this, submission = std::move(submission), history = std::move(history),
               done = std::move(done)]() mutable -> Mailbox::Message {
    const auto read = [this](const Digest& digest) { return blobs_.LoadNow(digest); };
    return [done = std::move(done), plan = engine::PlanRerun(submission, history, {}, read)] {
      done(plan);
    };
  });
}

}  // namespace orrery::runtime
