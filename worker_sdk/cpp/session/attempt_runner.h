// Runs one attempt: gets large inputs, calls the task, puts large outputs away.
//
// Threading: thread-safe; called by every slot.
#pragma once

#include <string>

#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/value_store.h"
#include "worker_sdk/cpp/task_registry.h"

namespace orrery {

class AttemptRunner {
 public:
  // What takes part; all outlive this.
  struct Parts {
    const TaskRegistry& registry;
    AttemptBoard& board;
    ValueStore& values;
  };

  AttemptRunner(std::string worker, Parts parts) : worker_(std::move(worker)), parts_(parts) {}

  // Never throws. Takes the inputs.
  TaskResult Run(StartedAttempt& started) const;

 private:
  TaskFacts FactsOf(const Assignment& assignment) const;
  // Replaces blobs by their bytes.
  absl::Status LoadInputs(StartedAttempt& started) const;
  // Replaces what is too large to travel by blobs.
  absl::Status StoreOutputs(const StartedAttempt& started, TaskOutputs& outputs) const;

  const std::string worker_;
  const Parts parts_;
};

}  // namespace orrery
