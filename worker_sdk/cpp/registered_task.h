// A task behind its types: what the worker knows of every registered function.
#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "graph/canonical.h"
#include "graph/native/codec_set.h"
#include "graph/task.h"
#include "worker_sdk/cpp/session/attempt.h"
#include "worker_sdk/cpp/task_context.h"

namespace orrery {

// One call of a task: its inputs inline, the outputs that somebody wants, and its context.
struct TaskCall {
  std::span<const graph::NamedValue> inputs;
  std::span<const std::string> wanted_outputs;
  TaskContext& context;

  // Null if the input is not wired.
  const graph::Value* FindInput(std::string_view name) const;
  bool IsWanted(std::string_view output) const;
};

// Threading: Call may be called by many threads once Prepare has been.
class RegisteredTask {
 public:
  virtual ~RegisteredTask() = default;

  // Settles codecs and defaults, and says what the catalog says. Appends to `problems` what is
  // wrong with the registration.
  virtual graph::TaskSpec Prepare(const graph::CodecSet& codecs,
                                  std::vector<std::string>& problems) = 0;

  // Reads the inputs, runs the function and writes its outputs. Never throws.
  virtual TaskResult Call(const TaskCall& call) const = 0;
};

// The errors of a call.
TaskError InputError(std::string_view port, const absl::Status& status);
TaskError OutputError(std::string_view port, const absl::Status& status);
// What a task returned instead of a result. Retryable: unavailable and resource exhausted.
TaskError ReturnedError(const absl::Status& status);
// The exception that is being handled; to be called in a catch block.
TaskError ThrownError();

}  // namespace orrery
