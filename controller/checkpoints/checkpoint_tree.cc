#include "controller/checkpoints/checkpoint_tree.h"

#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

#include "absl/time/clock.h"
#include "base/blob_layout.h"
#include "base/file.h"
#include "base/log.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/checkpoints/checkpoint_projection.h"
#include "fmt/format.h"

namespace orrery::checkpoints {
namespace {

constexpr int kNiceness = 10;
// The number of files that are deleted, or folders looked at, between two checks of the queue.
constexpr int kIdleFilesPerTurn = 64;
// The number of items of one workflow that are written before the next one has its turn.
constexpr std::size_t kItemsPerTurn = 128;
constexpr absl::Duration kPositionInterval = absl::Seconds(1);
constexpr absl::Duration kRoomInterval = absl::Milliseconds(200);
// Of a full disk that the file system does not report as full, as with a quota.
constexpr int kFullRetries = 20;
// The rest is written after the next start.
constexpr absl::Duration kCloseTimeout = absl::Seconds(5);
constexpr std::uint64_t kReasonBytes = 4096;

// A removal ends what came before; a start begins anew.
bool NeedsFolder(const QueuedCheckpoint& queued) {
  const auto* event = std::get_if<runtime::CheckpointEvent>(&queued.what);
  return event != nullptr && !std::holds_alternative<engine::WorkflowStarted>(*event) &&
         !std::holds_alternative<engine::WorkflowRemoved>(*event);
}

bool HasEnded(const QueuedCheckpoint& queued) {
  const auto& event = std::get<runtime::CheckpointEvent>(queued.what);
  return std::holds_alternative<engine::WorkflowSettled>(event) ||
         std::holds_alternative<engine::WorkflowRemoved>(event);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CheckpointTree>> CheckpointTree::Open(
    CheckpointTreeOptions options) {
  ASSIGN_OR_RETURN(CheckpointWriter writer, CheckpointWriter::Open(options.root));
  return std::unique_ptr<CheckpointTree>(new CheckpointTree(std::move(options), std::move(writer)));
}

CheckpointTree::CheckpointTree(CheckpointTreeOptions options, CheckpointWriter writer)
    : options_(std::move(options)),
      shown_up_to_(CheckpointPosition(options_.root).value()),
      writer_(std::move(writer)),
      position_(options_.root),
      queue_(options_.queued_bytes),
      thread_([this] { Run(); }) {}

CheckpointTree::~CheckpointTree() {
  {
    MutexLock lock(mutex_);
    closes_at_ = absl::Now() + kCloseTimeout;
    changed_.NotifyOne();
  }
  thread_.join();
}

void CheckpointTree::Show(runtime::CheckpointEvent event, std::uint64_t lsn) {
  const Uuid workflow = WorkflowOf(event);
  // Starts, ends and removals are few and small.
  const bool is_small = std::holds_alternative<engine::WorkflowStarted>(event) ||
                        std::holds_alternative<engine::WorkflowSettled>(event) ||
                        std::holds_alternative<engine::WorkflowRemoved>(event);
  const std::size_t cost = is_small ? 0 : CostOf(event);
  MutexLock lock(mutex_);
  PushOrLeaveOut(workflow, {.what = std::move(event), .cost = cost, .lsn = lsn});
}

void CheckpointTree::AppendLog(const Uuid& workflow, std::string line) {
  CheckpointItem item = CheckpointLogLine{.workflow = workflow, .line = std::move(line)};
  const std::size_t cost = CostOf(item);
  MutexLock lock(mutex_);
  PushOrLeaveOut(workflow, {.what = std::move(item), .cost = cost, .lsn = queue_.last_lsn()});
}

void CheckpointTree::WhenShown(const Uuid& workflow, std::function<void()> done) {
  // Runs on the tree's thread, possibly when the controller has gone. The captures belong to the
  // loop thread and must be destroyed there.
  MutexLock lock(mutex_);
  queue_.Push(workflow, {.what = [post = options_.post,
                                  done = std::move(done)]() mutable { post(std::move(done)); },
                         .lsn = queue_.last_lsn()});
  changed_.NotifyOne();
}

void CheckpointTree::PushOrLeaveOut(const Uuid& workflow, QueuedCheckpoint queued) {
  const std::uint64_t lsn = queued.lsn;
  if (!queue_.TryPush(workflow, std::move(queued))) {
    queue_.PushGap(workflow,
                   {.what = CheckpointItem(CheckpointGap{
                        workflow, fmt::format("the disk is slower than the workflow: {} bytes wait "
                                              "to be written, of {} for all workflows (limit {})",
                                              queue_.bytes(), options_.queued_bytes.max,
                                              options_.queued_bytes.name)}),
                    .lsn = lsn});
  }
  changed_.NotifyOne();
}

std::uint64_t CheckpointTree::queued_bytes() const {
  MutexLock lock(mutex_);
  return queue_.bytes();
}

void CheckpointTree::Run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
  std::error_code error;
  earlier_ = std::filesystem::directory_iterator(CheckpointsPath(options_.root), error);
  while (!MustEnd()) {
    if (std::optional<CheckpointQueue::Turn> turn = Take()) {
      Perform(*turn);
      has_unwritten_position_ = true;
      MutexLock lock(mutex_);
      queue_.EndTurn(*std::move(turn));
    } else {
      WorkWhileIdle();
    }
    if (has_unwritten_position_ && absl::Now() - position_at_ >= kPositionInterval) WritePosition();
  }
  WritePosition();
}

bool CheckpointTree::MustEnd() {
  MutexLock lock(mutex_);
  if (closes_at_ == absl::InfiniteFuture()) return false;
  return queue_.is_empty() || absl::Now() >= closes_at_;
}

std::optional<CheckpointQueue::Turn> CheckpointTree::Take() {
  MutexLock lock(mutex_);
  while (queue_.is_empty() && !has_idle_work_ && closes_at_ == absl::InfiniteFuture()) {
    if (!has_unwritten_position_) {
      changed_.Wait(mutex_);
    } else if (!changed_.WaitFor(mutex_, kPositionInterval)) {
      break;
    }
  }
  if (queue_.is_empty()) return std::nullopt;
  return queue_.Take();
}

void CheckpointTree::Perform(CheckpointQueue::Turn& turn) {
  if (NeedsFolder(turn.queued.front()) && !writer_.HasFolder(turn.workflow)) {
    MarkIncomplete(turn.workflow, "its folder was removed while the workflow ran");
  }
  std::size_t written = 0;
  while (!turn.queued.empty() && written < kItemsPerTurn) {
    QueuedCheckpoint& next = turn.queued.front();
    if (auto* done = std::get_if<std::function<void()>>(&next.what)) {
      (*done)();
    } else if (!AwaitRoom()) {
      return;
    } else if (const auto* item = std::get_if<CheckpointItem>(&next.what)) {
      const auto* entry = std::get_if<CheckpointEntry>(item);
      if (entry == nullptr || Admit(*entry)) {
        Write(*item);
        ++written;
      }
    } else {
      // The last item has the cost of the event.
      std::vector<CheckpointItem> items =
          ToCheckpointItems(std::get<runtime::CheckpointEvent>(next.what));
      const QueuedCheckpoint whole = std::move(next);
      if (HasEnded(whole)) {
        folders_.Remove(turn.workflow);
        bounded_.erase(turn.workflow);
      }
      turn.queued.pop_front();
      std::size_t cost = whole.cost;
      for (auto part = items.rbegin(); part != items.rend(); ++part) {
        turn.queued.push_front(
            {.what = std::move(*part), .cost = std::exchange(cost, 0), .lsn = whole.lsn});
      }
      continue;
    }
    turn.queued.pop_front();
  }
}

bool CheckpointTree::Admit(const CheckpointEntry& entry) {
  if (options_.is_full || folders_.Admit(entry.workflow, entry.location)) return true;
  if (bounded_.insert(entry.workflow).second) Write(CheckpointMore{entry.workflow});
  return false;
}

void CheckpointTree::Write(const CheckpointItem& item) {
  const Uuid workflow = WorkflowOf(item);
  if (std::holds_alternative<CheckpointWorkflow>(item)) incomplete_.erase(workflow);
  if (std::holds_alternative<CheckpointRemoval>(item)) {
    incomplete_.erase(workflow);
    MutexLock lock(mutex_);
    has_idle_work_ = true;
  }
  if (const auto* gap = std::get_if<CheckpointGap>(&item)) {
    MarkIncomplete(workflow, gap->reason);
    return;
  }
  absl::Status status = CheckPortNames(item);
  if (status.ok()) status = writer_.Write(item);
  for (int retries = 0; absl::IsResourceExhausted(status) && retries < kFullRetries &&
                        !incomplete_.contains(workflow);
       ++retries) {
    if (!Pause(kRoomInterval) || !AwaitRoom()) break;
    status = writer_.Write(item);
  }
  if (status.ok()) {
    logged_.clear();
    return;
  }
  if (logged_.insert(status.code()).second) {
    LOG(WARNING, "checkpoint.failed").With("workflow", workflow.ToString()).With("status", status);
  }
  MarkIncomplete(workflow, std::string(status.message()));
}

bool CheckpointTree::AwaitRoom() {
  if (options_.disk == nullptr) return true;
  bool is_told = false;
  while (true) {
    const absl::Status status = options_.disk->CheckRoom(kFilesReserve, 0, "the checkpoint tree");
    if (status.ok()) return true;
    if (!std::exchange(is_told, true)) LOG(WARNING, "checkpoint.paused").With("status", status);
    if (!Pause(kRoomInterval)) return false;
  }
}

bool CheckpointTree::Pause(absl::Duration duration) {
  MutexLock lock(mutex_);
  const absl::Time until = absl::Now() + duration;
  for (absl::Time now = absl::Now(); now < until; now = absl::Now()) {
    if (closes_at_ != absl::InfiniteFuture()) return false;
    changed_.WaitFor(mutex_, until - now);
  }
  return true;
}

void CheckpointTree::MarkIncomplete(const Uuid& workflow, const std::string& reason) {
  if (!incomplete_.insert(workflow).second) return;
  // If the file cannot be written either, the reason is known until the next start.
  static_cast<void>(writer_.Write(CheckpointGap{workflow, reason}));
  if (options_.on_incomplete) options_.on_incomplete(workflow, reason);
}

void CheckpointTree::WritePosition() {
  std::uint64_t lsn = 0;
  {
    MutexLock lock(mutex_);
    lsn = queue_.Position();
  }
  // Nothing was queued since the start.
  if (lsn > 0) position_.Write(lsn);
  has_unwritten_position_ = false;
  position_at_ = absl::Now();
}

void CheckpointTree::WorkWhileIdle() {
  if (earlier_ != std::filesystem::directory_iterator()) {
    FindIncomplete();
    return;
  }
  {
    MutexLock lock(mutex_);
    // A removal is performed on this thread, so none comes between.
    if (!std::exchange(has_idle_work_, false)) return;
  }
  const absl::StatusOr<bool> has_more = writer_.DeleteSome(kIdleFilesPerTurn);
  if (!has_more.ok()) LOG(WARNING, "checkpoint.not_deleted").With("status", has_more.status());
  MutexLock lock(mutex_);
  has_idle_work_ = has_more.ok() && *has_more;
}

void CheckpointTree::FindIncomplete() {
  std::error_code error;
  for (int i = 0; i < kIdleFilesPerTurn && earlier_ != std::filesystem::directory_iterator(); ++i) {
    const absl::StatusOr<Uuid> workflow = Uuid::Parse(earlier_->path().filename().string());
    if (workflow.ok()) {
      const absl::StatusOr<std::string> reason =
          ReadFile(earlier_->path().string() + "/_incomplete", kReasonBytes);
      if (reason.ok() && incomplete_.insert(*workflow).second && options_.on_incomplete) {
        options_.on_incomplete(*workflow, *reason);
      }
    }
    earlier_.increment(error);
    if (error) earlier_ = {};
  }
}

}  // namespace orrery::checkpoints
