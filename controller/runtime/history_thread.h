// Reads earlier workflows from the journal on a thread of its own.
//
// A read visits the whole journal, so all requests that wait share one: the next request has its
// answer after few reads, however many came before. Plans, which compute, take turns with
// the reads.
//
// Threading: thread-safe; the journal and the blobs are read on its own thread. The destructor
// discards what has not started.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/limit.h"
#include "base/mutex.h"
#include "base/thread_annotations.h"
#include "controller/journal/journal.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/mailbox.h"
#include "model/rerun_plan.h"

namespace orrery::runtime {

inline constexpr Limit kHistoriesPerRead{
    .name = "histories_per_read",
    .max = 16,
    .unit = LimitUnit::kCount,
    .of = "workflows whose records one read of the journal collects for requests that wait",
    .beyond = "the others wait for the next read"};

class HistoryThread final : public HistorySource {
 public:
  // All references outlive this object.
  HistoryThread(const journal::Journal& journal, BlobIo& blobs, Mailbox& mailbox);
  ~HistoryThread() override;

  void Load(engine::WorkflowNumber number, LoadDone done) override EXCLUDES(mutex_);
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            PlanDone done) override EXCLUDES(mutex_);

 private:
  struct PlanRequest {
    engine::WorkflowSubmitted submission;
    std::shared_ptr<const engine::History> history;
    PlanDone done;
  };
  using Loads = std::map<engine::WorkflowNumber, std::vector<LoadDone>>;
  // The next work of the thread: a read for all requests of some workflows, and one plan.
  struct Work {
    Loads loads;
    std::optional<PlanRequest> plan;
  };

  void Run() EXCLUDES(mutex_);
  // Waits for requests. Nullopt: the thread ends.
  std::optional<Work> Take() EXCLUDES(mutex_);
  void Read(Loads&& loads);
  void MakePlan(PlanRequest request);

  const journal::Journal& journal_;
  BlobIo& blobs_;
  Mailbox& mailbox_;

  Mutex mutex_;
  CondVar changed_;
  Loads loads_ GUARDED_BY(mutex_);
  std::deque<PlanRequest> plans_ GUARDED_BY(mutex_);
  bool is_closing_ GUARDED_BY(mutex_) = false;

  std::thread thread_;  // Last: it uses everything above.
};

}  // namespace orrery::runtime
