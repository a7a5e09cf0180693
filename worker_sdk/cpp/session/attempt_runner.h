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

  // Never throws.
  TaskResult Run(const StartedAttempt& started) const;

 private:
  // Replaces blobs by their bytes.
  absl::Status LoadInputs(const StartedAttempt& started,
                          std::vector<graph::NamedValue>& inputs) const;
  // Replaces what is too large to travel by blobs.
  absl::Status StoreOutputs(const StartedAttempt& started, TaskOutputs& outputs) const;

  const std::string worker_;
  const Parts parts_;
};

}  // namespace orrery
