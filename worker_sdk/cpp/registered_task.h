// A registered function, without its types.
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
#include "model/outcome.h"
#include "worker_sdk/cpp/task_context.h"

namespace orrery {

// One call of a task: its inputs, inline, the wanted outputs, and its context.
struct TaskCall {
  std::span<const graph::NamedValue> inputs;
  std::span<const std::string> wanted_outputs;
  TaskContext& context;

  // Null if the input has no edge.
  const graph::Value* FindInput(std::string_view name) const;
  bool IsWanted(std::string_view output) const;
};

// Threading: Call is thread-safe after Prepare.
class RegisteredTask {
 public:
  virtual ~RegisteredTask() = default;

  // Resolves codecs and defaults and returns the catalog entry. Appends the problems of the
  // registration to `problems`.
  virtual graph::TaskSpec Prepare(const graph::CodecSet& codecs,
                                  std::vector<std::string>& problems) = 0;

  // Decodes the inputs, runs the function and encodes its outputs. Does not throw.
  virtual model::TaskResult Call(const TaskCall& call) const = 0;
};

// Makes the errors of a call.
model::TaskError InputError(std::string_view port, const absl::Status& status);
model::TaskError OutputError(std::string_view port, const absl::Status& status);
// Converts a status that a task returned.
model::TaskError ReturnedError(const absl::Status& status);
// Converts the current exception. Requires: called in a catch block.
model::TaskError ThrownError();

}  // namespace orrery
