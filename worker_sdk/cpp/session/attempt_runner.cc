#include "worker_sdk/cpp/session/attempt_runner.h"

#include <new>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "model/codec/session_codec.h"

namespace orrery {
namespace {

// Forwards the reports of a running task to the board.
class BoardListener : public TaskListener {
 public:
  BoardListener(AttemptBoard& board, model::AttemptId attempt) : board_(board), attempt_(attempt) {}

  void OnProgress(double fraction, std::string_view note) override {
    board_.ReportProgress({attempt_, {.fraction = fraction, .note = std::string(note)}});
  }
  void OnLog(std::string_view text) override { board_.AppendLog(attempt_, text); }

 private:
  AttemptBoard& board_;
  const model::AttemptId attempt_;
};

model::TaskError StorageError(const absl::Status& status) {
  return {.kind = absl::IsCancelled(status) ? model::TaskErrorKind::kCancelled
                                            : model::TaskErrorKind::kStorage,
          .message = std::string(status.message()),
          .details = absl::StatusCodeToString(status.code())};
}

thread_local std::optional<model::AttemptId> current_attempt;

}  // namespace

AttemptThread::AttemptThread(model::AttemptId attempt) { current_attempt = attempt; }

AttemptThread::~AttemptThread() { current_attempt.reset(); }

std::optional<model::AttemptId> AttemptThread::Current() { return current_attempt; }

model::TaskResult AttemptRunner::Run(StartedAttempt& started) const {
  const Assignment& assignment = *started.assignment;
  const AttemptThread this_thread(assignment.attempt);
  try {
    if (const absl::Status status = LoadInputs(started); !status.ok()) {
      return StorageError(status);
    }
    BoardListener listener(parts_.board, assignment.attempt);
    TaskContext context([&] { return FactsOf(assignment); }, started.cancellation, listener);
    model::TaskResult result =
        parts_.registry.Call(assignment.task_index, {.inputs = started.inputs,
                                                     .wanted_outputs = assignment.wanted_outputs,
                                                     .context = context});
    auto* outputs = std::get_if<model::Outputs>(&result);
    if (outputs == nullptr) return result;
    if (const absl::Status status = StoreOutputs(started, *outputs); !status.ok()) {
      return StorageError(status);
    }
    return result;
  } catch (const std::bad_alloc&) {
    return model::TaskError{.kind = model::TaskErrorKind::kOutOfMemory,
                            .message = "out of memory: there is none for the values of this task"};
  }
}

TaskFacts AttemptRunner::FactsOf(const Assignment& assignment) const {
  return {.worker = worker_,
          .task = assignment.task,
          .workflow_id = assignment.workflow.ToString(),
          .location = assignment.location.ToString(),
          .attempt = assignment.attempt.ToString()};
}

absl::Status AttemptRunner::LoadInputs(StartedAttempt& started) const {
  for (graph::NamedValue& input : started.inputs) {
    ASSIGN_OR_RETURN(input.value, parts_.values.Load(input.value, started.cancellation));
  }
  return absl::OkStatus();
}

absl::Status AttemptRunner::StoreOutputs(const StartedAttempt& started,
                                         model::Outputs& outputs) const {
  std::uint64_t budget = model::kOutcomeBytes.max;
  for (graph::NamedValue& output : outputs) {
    ASSIGN_OR_RETURN(output.value, parts_.values.Store(output.value, budget, started.cancellation));
    if (output.value->is_inline()) budget -= output.value->size_bytes();
  }
  return absl::OkStatus();
}

}  // namespace orrery
