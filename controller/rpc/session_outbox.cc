#include "controller/rpc/session_outbox.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/overload.h"

namespace orrery::rpc {
namespace {

// Bytes of an assignment, of a step of its location, and of a value in a message, without texts.
constexpr std::uint64_t kAssignmentBytes = 128;
constexpr std::uint64_t kStepBytes = 24;
constexpr std::uint64_t kValueBytes = 96;

// Returns at least the bytes of the assignment in a message.
std::uint64_t BytesOf(const runtime::AssignAttempt& assignment) {
  std::uint64_t bytes = kAssignmentBytes + kStepBytes * assignment.location.steps.size();
  const graph::Node& node = assignment.graph->graph().nodes[assignment.node];
  for (std::size_t i = 0; i < assignment.inputs.size(); ++i) {
    const graph::ValuePtr& value = assignment.inputs[i];
    if (value == nullptr) continue;
    bytes += kValueBytes + node.inputs[i].name.size() + value->media_type.size() +
             value->type_name.size();
    if (value->is_inline()) bytes += value->bytes().size();
  }
  for (const auto port : assignment.graph->outputs(assignment.node)) {
    bytes += kStepBytes + assignment.graph->port_name(port).size();
  }
  return bytes;
}

}  // namespace

void SessionOutbox::Add(runtime::WelcomeWorker welcome) { items_.emplace_back(std::move(welcome)); }

void SessionOutbox::Add(Refusal refusal) { items_.emplace_back(std::move(refusal)); }

void SessionOutbox::Add(runtime::AssignAttempt assignment) {
  items_.emplace_back(std::move(assignment));
}

void SessionOutbox::Add(runtime::CancelAttempt cancellation) {
  items_.emplace_back(std::move(cancellation));
}

void SessionOutbox::Add(runtime::RevokeAttempts revocation) {
  items_.emplace_back(std::move(revocation));
}

void SessionOutbox::Add(runtime::DrainWorker drain) { items_.emplace_back(std::move(drain)); }

void SessionOutbox::Add(runtime::AcknowledgeOutcomes acknowledgement) {
  session_ = acknowledgement.session;
  acknowledged_ = std::max(acknowledged_, acknowledgement.sequence);
}

void SessionOutbox::Add(Farewell farewell) { items_.emplace_back(std::move(farewell)); }

SessionBatch SessionOutbox::Take() {
  CHECK(!is_empty());
  if (items_.empty()) {
    return runtime::AcknowledgeOutcomes{.session = session_, .sequence = TakeAcknowledged()};
  }
  if (std::holds_alternative<runtime::AssignAttempt>(items_.front())) return TakeAssignments();
  if (std::holds_alternative<runtime::CancelAttempt>(items_.front())) return TakeCancellations();
  Item item = std::move(items_.front());
  items_.pop_front();
  return std::visit(
      Overload{
          [](runtime::AssignAttempt& one) -> SessionBatch { return std::vector{std::move(one)}; },
          [](runtime::CancelAttempt& one) -> SessionBatch { return std::vector{std::move(one)}; },
          [](auto& other) -> SessionBatch { return std::move(other); }},
      item);
}

std::vector<runtime::AssignAttempt> SessionOutbox::TakeAssignments() {
  std::vector<runtime::AssignAttempt> batch;
  std::uint64_t bytes = 0;
  while (!items_.empty() && batch.size() < limits_.attempts.max) {
    auto* assignment = std::get_if<runtime::AssignAttempt>(&items_.front());
    if (assignment == nullptr) break;
    bytes += BytesOf(*assignment);
    if (!batch.empty() && bytes > limits_.bytes.max) break;
    batch.push_back(std::move(*assignment));
    items_.pop_front();
  }
  return batch;
}

std::vector<runtime::CancelAttempt> SessionOutbox::TakeCancellations() {
  std::vector<runtime::CancelAttempt> batch;
  while (!items_.empty() && batch.size() < limits_.attempts.max) {
    auto* cancellation = std::get_if<runtime::CancelAttempt>(&items_.front());
    if (cancellation == nullptr) break;
    if (!batch.empty() && cancellation->reason != batch.front().reason) break;
    batch.push_back(std::move(*cancellation));
    items_.pop_front();
  }
  return batch;
}

}  // namespace orrery::rpc
