#include "controller/journal/read_ahead.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/mutex.h"
#include "base/thread_annotations.h"

namespace orrery::journal {
namespace {

// Together they limit the number of decoded records in memory.
constexpr std::size_t kBatchRecordsMax = 64;
constexpr std::size_t kBatchesMax = 4;

using Records = std::vector<std::pair<Lsn, engine::Record>>;

// The batches between the thread that reads and the thread that visits.
class BatchQueue {
 public:
  // Waits for room. Returns false if the visitor has stopped.
  bool Push(Records batch) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    while (batches_.size() == kBatchesMax && !is_abandoned_) changed_.Wait(mutex_);
    batches_.push_back(std::move(batch));
    changed_.NotifyAll();
    return !is_abandoned_;
  }
  // Ends the queue: no more batches follow.
  void Close() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    is_closed_ = true;
    changed_.NotifyAll();
  }
  // Waits for the next batch. Returns nullopt at the end of the queue.
  std::optional<Records> Pop() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    while (batches_.empty() && !is_closed_) changed_.Wait(mutex_);
    if (batches_.empty()) return std::nullopt;
    Records batch = std::move(batches_.front());
    batches_.pop_front();
    changed_.NotifyAll();
    return batch;
  }
  void Abandon() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    is_abandoned_ = true;
    changed_.NotifyAll();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::deque<Records> batches_ GUARDED_BY(mutex_);
  bool is_closed_ GUARDED_BY(mutex_) = false;
  bool is_abandoned_ GUARDED_BY(mutex_) = false;
};

absl::StatusOr<Lsn> ReadInto(rocksdb::DB& database, const std::string& path, BatchQueue& queue) {
  Records batch;
  const auto push = [&] {
    return queue.Push(std::exchange(batch, {})) ? absl::OkStatus()
                                                : absl::CancelledError("nobody visits any more");
  };
  const auto add = [&](Lsn lsn, engine::Record record) {
    // A submission may be large.
    const bool is_submission = std::holds_alternative<engine::WorkflowSubmitted>(record.body);
    batch.emplace_back(lsn, std::move(record));
    return is_submission || batch.size() == kBatchRecordsMax ? push() : absl::OkStatus();
  };
  absl::StatusOr<Lsn> last = ReadEntries(
      database, path,
      {.on_record = add, .on_problem = [](Lsn, absl::Status problem) { return problem; }});
  // Visits the records before a problem, too.
  if (!batch.empty()) static_cast<void>(push());
  return last;
}

}  // namespace

absl::StatusOr<Lsn> ReadEntriesAhead(
    rocksdb::DB& database, const std::string& path,
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) {
  BatchQueue queue;
  absl::StatusOr<Lsn> last;
  absl::Status visited;
  {
    const std::jthread reader([&] {
      last = ReadInto(database, path, queue);
      queue.Close();
    });
    while (std::optional<Records> batch = visited.ok() ? queue.Pop() : std::nullopt) {
      for (auto record = batch->begin(); record != batch->end() && visited.ok(); ++record) {
        visited = visit(record->first, record->second);
      }
    }
    queue.Abandon();
  }
  return visited.ok() ? last : visited;
}

}  // namespace orrery::journal
