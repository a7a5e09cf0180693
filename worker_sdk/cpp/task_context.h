// Gives a task information about its attempt, and takes its progress and logs.
//
//   double Simulate(orrery::TaskContext& context, int steps) {
//     for (int i = 0; i < steps && !context.IsCancelled(); ++i) {
//       context.Progress(1.0 * i / steps);
//       ...
//
// Threading: thread-safe; valid until the task's function returns.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "worker_sdk/cpp/cancellation.h"

namespace orrery {

// The attempt: its task, and its location in the workflow.
struct TaskFacts {
  std::string worker;
  std::string task;
  // "00000000-0000-0000-0000-0000000000cf"
  std::string workflow_id;
  // "-.N3.L2.N1"
  std::string location;
  // "<epoch>.<number>", never used twice.
  std::string attempt;
};

// Receives progress and logs of a task. Called by the task's threads; thread-safe.
class TaskListener {
 public:
  virtual ~TaskListener() = default;

  virtual void OnProgress(double fraction, std::string_view note) = 0;
  virtual void OnLog(std::string_view text) = 0;
};

class TaskContext {
 public:
  // Calls `facts` at the first request for them. Requires: `listener` outlives this object.
  TaskContext(std::function<TaskFacts()> facts, CancellationToken cancellation,
              TaskListener& listener)
      : read_facts_(std::move(facts)),
        cancellation_(std::move(cancellation)),
        listener_(listener) {}
  TaskContext(const TaskContext&) = delete;
  TaskContext& operator=(const TaskContext&) = delete;

  const TaskFacts& facts() const {
    std::call_once(has_facts_, [this] { facts_ = read_facts_(); });
    return facts_;
  }

  // Returns true if the outcome is no longer needed. After a delay the worker no longer waits for a
  // task that continues, and discards its result.
  bool IsCancelled() const { return cancellation_.IsCancelled(); }
  // Waits until the task is cancelled or `timeout` expires. Returns true if cancelled.
  bool WaitForCancellation(absl::Duration timeout) const { return cancellation_.WaitFor(timeout); }
  // Returns the cancellation, which may outlive the context.
  const CancellationToken& cancellation() const { return cancellation_; }

  // Reports progress, 0 to 1. Only the latest report is sent, at intervals.
  void Progress(double fraction, std::string_view note = {}) const {
    listener_.OnProgress(fraction, note);
  }
  // Writes a line to the log of the workflow, at most 16 KiB.
  void Log(std::string_view text) const { listener_.OnLog(text); }

 private:
  const std::function<TaskFacts()> read_facts_;
  mutable std::once_flag has_facts_;
  mutable TaskFacts facts_;
  const CancellationToken cancellation_;
  TaskListener& listener_;
};

}  // namespace orrery
