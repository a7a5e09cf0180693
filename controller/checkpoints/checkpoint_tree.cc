#include "controller/checkpoints/checkpoint_tree.h"

#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::checkpoints {
namespace {

constexpr int kNiceness = 10;
// The number of deletions between two checks of the queue.
constexpr int kDeletionsPerTurn = 64;

}  // namespace

absl::StatusOr<std::unique_ptr<CheckpointTree>> CheckpointTree::Open(
    CheckpointTreeOptions options) {
  ASSIGN_OR_RETURN(CheckpointWriter writer, CheckpointWriter::Open(options.root));
  return std::unique_ptr<CheckpointTree>(new CheckpointTree(std::move(options), std::move(writer)));
}

CheckpointTree::CheckpointTree(CheckpointTreeOptions options, CheckpointWriter writer)
    : options_(std::move(options)), writer_(std::move(writer)), thread_([this] { Run(); }) {}

CheckpointTree::~CheckpointTree() {
  {
    MutexLock lock(mutex_);
    is_closing_ = true;
    changed_.NotifyOne();
  }
  thread_.join();
}

absl::Status CheckpointTree::Add(CheckpointItem item) {
  RETURN_IF_ERROR(CheckPortNames(item));
  const std::size_t cost = CostOf(item);
  const Uuid workflow = WorkflowOf(item);
  MutexLock lock(mutex_);
  if (!failure_.ok()) {
    return absl::FailedPreconditionError(
        fmt::format("checkpoint tree has stopped: {}", failure_.ToString()));
  }
  if (std::holds_alternative<CheckpointRemoval>(item)) incomplete_.erase(workflow);
  const bool is_droppable = std::holds_alternative<CheckpointEntry>(item) ||
                            std::holds_alternative<CheckpointLogLine>(item);
  if (is_droppable && cost > options_.queued_bytes_max - queued_bytes_) {
    if (incomplete_.insert(workflow).second) Push({CheckpointGap{workflow}, 0});
    return absl::ResourceExhaustedError(fmt::format(
        "checkpoint tree has {} bytes to write, with {} more than the {} allowed; workflow {} is "
        "shown incompletely",
        queued_bytes_, cost, options_.queued_bytes_max, workflow.ToString()));
  }
  // Other items are small and limited in number, so they are always queued.
  Push({std::move(item), is_droppable ? cost : 0});
  return absl::OkStatus();
}

void CheckpointTree::WhenWritten(std::function<void()> done) {
  MutexLock lock(mutex_);
  Push({std::move(done), 0});
}

std::size_t CheckpointTree::queued_bytes() const {
  MutexLock lock(mutex_);
  return queued_bytes_;
}

void CheckpointTree::Push(Queued queued) {
  queued_bytes_ += queued.cost;
  queue_.push_back(std::move(queued));
  changed_.NotifyOne();
}

void CheckpointTree::Run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
  bool has_deletions = true;
  while (true) {
    Turn turn = Take(has_deletions);
    if (turn.is_over) return;
    for (Queued& queued : turn.queue) {
      if (std::holds_alternative<CheckpointItem>(queued.what)) has_deletions = true;
      Perform(std::move(queued));
    }
    if (!turn.queue.empty()) continue;
    const absl::StatusOr<bool> deleted = writer_.DeleteSome(kDeletionsPerTurn);
    if (!deleted.ok()) Fail(deleted.status());
    has_deletions = deleted.ok() && *deleted;
  }
}

CheckpointTree::Turn CheckpointTree::Take(bool has_deletions) {
  MutexLock lock(mutex_);
  while (queue_.empty() && !is_closing_ && !has_deletions) changed_.Wait(mutex_);
  Turn turn;
  turn.is_over = queue_.empty() && is_closing_;
  turn.queue = std::exchange(queue_, {});
  return turn;
}

void CheckpointTree::Perform(Queued queued) {
  if (auto* done = std::get_if<std::function<void()>>(&queued.what)) {
    (*done)();
    return;
  }
  bool has_failed = false;
  {
    MutexLock lock(mutex_);
    has_failed = !failure_.ok();
  }
  if (!has_failed) {
    absl::Status status = writer_.Write(std::get<CheckpointItem>(queued.what));
    if (!status.ok()) Fail(std::move(status));
  }
  MutexLock lock(mutex_);
  queued_bytes_ -= queued.cost;
}

void CheckpointTree::Fail(absl::Status status) {
  {
    MutexLock lock(mutex_);
    if (!failure_.ok()) return;
    failure_ = status;
  }
  if (options_.on_failure) options_.on_failure(std::move(status));
}

}  // namespace orrery::checkpoints
