#include "controller/runtime/outcome_gate.h"

#include <span>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "graph/value.h"

namespace orrery::runtime {
namespace {

// Calls `visit` with every output that is a blob.
template <class Outcomes, class Visit>
void VisitBlobs(Outcomes& outcomes, const Visit& visit) {
  for (auto& outcome : outcomes) {
    const auto* outputs = std::get_if<model::Outputs>(&outcome.result);
    if (outputs == nullptr) continue;
    for (const graph::NamedValue& output : *outputs) {
      if (!output.value->is_inline()) visit(outcome, output);
    }
  }
}

// Replaces outcomes by errors. The statuses are those of the blobs, in order.
void FailMissing(std::span<const absl::Status> statuses, std::vector<model::Outcome>& outcomes) {
  std::vector<std::string> problems(outcomes.size());
  std::size_t next = 0;
  VisitBlobs(outcomes, [&](const model::Outcome& outcome, const graph::NamedValue& output) {
    const absl::Status& status = statuses[next++];
    std::string& problem = problems[static_cast<std::size_t>(&outcome - outcomes.data())];
    if (!status.ok() && problem.empty()) {
      problem = fmt::format(
          "output \"{}\" is a blob of {} bytes that the controller does not find: {}; the worker "
          "may see another file system below the storage root",
          output.name, output.value->size_bytes(), std::string(status.message()));
    }
  });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (problems[i].empty()) continue;
    outcomes[i].result =
        model::TaskError{.kind = model::TaskErrorKind::kStorage, .message = std::move(problems[i])};
  }
}

}  // namespace

std::uint64_t MemoryOf(const std::vector<model::Outcome>& outcomes) {
  std::uint64_t bytes = outcomes.size() * sizeof(model::Outcome);
  for (const model::Outcome& outcome : outcomes) {
    if (const auto* error = std::get_if<model::TaskError>(&outcome.result)) {
      bytes += error->message.size() + error->details.size() + error->output.text.size();
      continue;
    }
    for (const graph::NamedValue& output : std::get<model::Outputs>(outcome.result)) {
      bytes += sizeof(output) + sizeof(graph::Value) + output.name.size();
      if (output.value->is_inline()) bytes += output.value->bytes().size();
    }
  }
  return bytes;
}

void OutcomeGate::Add(SessionId session, std::vector<model::Outcome> outcomes) {
  std::vector<graph::BlobRef> named;
  VisitBlobs(outcomes, [&](const model::Outcome&, const graph::NamedValue& output) {
    named.push_back(output.value->blob());
  });
  if (named.empty() && !waiting_.contains(session)) {
    pass_(session, std::move(outcomes));
    return;
  }
  const std::uint64_t bytes = MemoryOf(outcomes);
  waiting_bytes_ += bytes;
  auto batch = std::make_shared<Batch>(
      Batch{.outcomes = std::move(outcomes), .bytes = bytes, .is_checked = named.empty()});
  waiting_[session].push_back(batch);
  if (batch->is_checked) return;
  blobs_.Check(std::move(named), [this, session, batch](const std::vector<absl::Status>& statuses) {
    FailMissing(statuses, batch->outcomes);
    batch->is_checked = true;
    PassChecked(session);
  });
}

void OutcomeGate::PassChecked(SessionId session) {
  for (auto queue = waiting_.find(session);
       queue != waiting_.end() && queue->second.front()->is_checked;
       queue = waiting_.find(session)) {
    const std::shared_ptr<Batch> batch = std::move(queue->second.front());
    queue->second.pop_front();
    waiting_bytes_ -= batch->bytes;
    if (queue->second.empty()) waiting_.erase(queue);
    pass_(session, std::move(batch->outcomes));
  }
}

void OutcomeGate::Remove(SessionId session) {
  const auto queue = waiting_.find(session);
  if (queue == waiting_.end()) return;
  for (const std::shared_ptr<Batch>& batch : queue->second) waiting_bytes_ -= batch->bytes;
  waiting_.erase(queue);
}

}  // namespace orrery::runtime
