// Runs one attempt: loads large inputs, calls the task, stores large outputs.
//
// Threading: thread-safe; called by every slot.
#pragma once

#include <optional>
#include <string>

#include "model/attempt_id.h"
#include "model/outcome.h"
#include "worker_sdk/cpp/session/assignment.h"
#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/value_store.h"
#include "worker_sdk/cpp/task_registry.h"

namespace orrery {

// Marks the thread it is made on as the one that runs an attempt, until its destructor: what the
// thread writes is the attempt's.
class AttemptThread {
 public:
  explicit AttemptThread(model::AttemptId attempt);
  ~AttemptThread();

  AttemptThread(const AttemptThread&) = delete;
  AttemptThread& operator=(const AttemptThread&) = delete;

  // The attempt of the calling thread; absent if it runs none, as threads that a task has started.
  static std::optional<model::AttemptId> Current();
};

class AttemptRunner {
 public:
  // Collaborators; they must outlive this object.
  struct Parts {
    const TaskRegistry& registry;
    AttemptBoard& board;
    ValueStore& values;
  };

  AttemptRunner(std::string worker, Parts parts) : worker_(std::move(worker)), parts_(parts) {}

  // Never throws. Takes the inputs.
  model::TaskResult Run(StartedAttempt& started) const;

 private:
  TaskFacts FactsOf(const Assignment& assignment) const;
  // Replaces blobs by their bytes.
  absl::Status LoadInputs(StartedAttempt& started) const;
  // Replaces what is too large to travel by blobs.
  absl::Status StoreOutputs(const StartedAttempt& started, model::Outputs& outputs) const;

  const std::string worker_;
  const Parts parts_;
};

}  // namespace orrery
