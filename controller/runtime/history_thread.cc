#include "controller/runtime/history_thread.h"

#include <set>
#include <utility>

#include "absl/status/statusor.h"

namespace orrery::runtime {

HistoryThread::HistoryThread(const journal::Journal& journal, BlobIo& blobs, Mailbox& mailbox)
    : journal_(journal), blobs_(blobs), mailbox_(mailbox), thread_([this] { Run(); }) {}

HistoryThread::~HistoryThread() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
  }
  changed_.NotifyOne();
  thread_.join();
}

void HistoryThread::Load(engine::WorkflowNumber number, LoadDone done) {
  MutexLock lock(mutex_);
  loads_[number].push_back(std::move(done));
  changed_.NotifyOne();
}

void HistoryThread::Plan(engine::WorkflowSubmitted submission,
                         std::shared_ptr<const engine::History> history, PlanDone done) {
  MutexLock lock(mutex_);
  plans_.push_back({std::move(submission), std::move(history), std::move(done)});
  changed_.NotifyOne();
}

void HistoryThread::Run() {
  while (std::optional<Work> work = Take()) {
    if (!work->loads.empty()) Read(std::move(work->loads));
    if (work->plan.has_value()) MakePlan(*std::move(work->plan));
  }
}

std::optional<HistoryThread::Work> HistoryThread::Take() {
  MutexLock lock(mutex_);
  while (loads_.empty() && plans_.empty() && !is_closing_) changed_.Wait(mutex_);
  if (is_closing_) return std::nullopt;
  Work work;
  while (!loads_.empty() && work.loads.size() < kHistoriesPerRead.max) {
    work.loads.insert(loads_.extract(loads_.begin()));
  }
  if (!plans_.empty()) {
    work.plan = std::move(plans_.front());
    plans_.pop_front();
  }
  return work;
}

void HistoryThread::Read(Loads&& loads) {
  std::set<engine::WorkflowNumber> numbers;
  for (const auto& [number, waiting] : loads) numbers.insert(number);
  const absl::StatusOr<Histories> histories = ReadHistories(journal_, numbers);
  for (auto& [number, waiting] : loads) {
    using Result = absl::StatusOr<std::shared_ptr<const engine::History>>;
    Result history = histories.ok() ? Result(histories->at(number)) : Result(histories.status());
    // The callbacks belong to the loop thread and must be destroyed there.
    mailbox_.Post([waiting = std::move(waiting), history = std::move(history)] {
      for (const LoadDone& done : waiting) done(history);
    });
  }
}

void HistoryThread::MakePlan(PlanRequest request) {
  const auto read = [this](const Digest& digest) { return blobs_.LoadNow(digest); };
  mailbox_.Post(
      [done = std::move(request.done),
       plan = engine::PlanRerun(request.submission, request.history, {}, read)] { done(plan); });
}

}  // namespace orrery::runtime
