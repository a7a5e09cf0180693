#include "controller/rpc/session_outbox.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/overload.h"

namespace orrery::rpc {
namespace {

// About what the assignment takes on the wire.
std::size_t BytesOf(const runtime::AssignAttempt& assignment) {
  std::size_t bytes = 128;
  for (const graph::ValuePtr& value : assignment.inputs) {
    bytes += 64;
    if (value != nullptr && value->is_inline()) bytes += value->bytes().size();
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
  std::size_t bytes = 0;
  while (!items_.empty() && batch.size() < limits_.attempts_max) {
    auto* assignment = std::get_if<runtime::AssignAttempt>(&items_.front());
    if (assignment == nullptr) break;
    bytes += BytesOf(*assignment);
    if (!batch.empty() && bytes > limits_.bytes_max) break;
    batch.push_back(std::move(*assignment));
    items_.pop_front();
  }
  return batch;
}

std::vector<runtime::CancelAttempt> SessionOutbox::TakeCancellations() {
  std::vector<runtime::CancelAttempt> batch;
  while (!items_.empty() && batch.size() < limits_.attempts_max) {
    auto* cancellation = std::get_if<runtime::CancelAttempt>(&items_.front());
    if (cancellation == nullptr) break;
    if (!batch.empty() && cancellation->reason != batch.front().reason) break;
    batch.push_back(std::move(*cancellation));
    items_.pop_front();
  }
  return batch;
}

}  // namespace orrery::rpc
