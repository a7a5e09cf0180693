#include "controller/checkpoints/checkpoint_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/check.h"

namespace orrery::checkpoints {
namespace {

// One turn: short enough that the files of a small workflow are written soon, and long enough that
// the rotation costs little.
constexpr std::size_t kTurnEntries = 64;
constexpr std::size_t kTurnBytes = 256 * 1024;

}  // namespace

void CheckpointQueue::Push(const Uuid& workflow, QueuedCheckpoint queued) {
  Add(workflow, queues_[workflow], std::move(queued));
}

bool CheckpointQueue::TryPush(const Uuid& workflow, QueuedCheckpoint queued) {
  const auto found = queues_.find(workflow);
  const std::uint64_t own = found == queues_.end() ? 0 : found->second.bytes;
  const std::uint64_t left = bytes_max_ - std::min(bytes_max_, bytes_);
  if (queued.cost > left || own > left - queued.cost) {
    last_lsn_ = std::max(last_lsn_, queued.lsn);
    return false;
  }
  Push(workflow, std::move(queued));
  return true;
}

void CheckpointQueue::PushGap(const Uuid& workflow, QueuedCheckpoint mark) {
  WorkflowQueue& queue = queues_[workflow];
  if (!std::exchange(queue.has_gap, true)) Add(workflow, queue, std::move(mark));
}

void CheckpointQueue::Add(const Uuid& workflow, WorkflowQueue& queue, QueuedCheckpoint queued) {
  if (queue.queued.empty() && !queue.has_turn) {
    rotation_.push_back(workflow);
    queue.first_lsn = queued.lsn;
  }
  bytes_ += queued.cost;
  queue.bytes += queued.cost;
  last_lsn_ = std::max(last_lsn_, queued.lsn);
  queue.queued.push_back(std::move(queued));
}

CheckpointQueue::Turn CheckpointQueue::Take() {
  CHECK(!rotation_.empty());
  Turn turn{.workflow = rotation_.front()};
  rotation_.pop_front();
  WorkflowQueue& queue = queues_.at(turn.workflow);
  queue.has_turn = true;
  while (!queue.queued.empty() && turn.queued.size() < kTurnEntries && turn.bytes < kTurnBytes) {
    turn.bytes += queue.queued.front().cost;
    turn.queued.push_back(std::move(queue.queued.front()));
    queue.queued.pop_front();
  }
  return turn;
}

void CheckpointQueue::EndTurn(Turn turn) {
  const auto found = queues_.find(turn.workflow);
  CHECK(found != queues_.end());
  WorkflowQueue& queue = found->second;
  std::size_t written = turn.bytes;
  for (const QueuedCheckpoint& queued : turn.queued) written -= queued.cost;
  bytes_ -= written;
  queue.bytes -= written;
  queue.queued.insert(queue.queued.begin(), std::make_move_iterator(turn.queued.begin()),
                      std::make_move_iterator(turn.queued.end()));
  queue.has_turn = false;
  if (queue.queued.empty()) {
    queues_.erase(found);
    return;
  }
  queue.first_lsn = queue.queued.front().lsn;
  rotation_.push_back(turn.workflow);
}

std::uint64_t CheckpointQueue::Position() const {
  std::uint64_t position = last_lsn_;
  for (const auto& [workflow, queue] : queues_) position = std::min(position, queue.first_lsn);
  return position;
}

}  // namespace orrery::checkpoints
