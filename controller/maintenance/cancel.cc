#include "controller/maintenance/cancel.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "base/mutex.h"
#include "base/overload.h"
#include "base/status_macros.h"
#include "controller/engine/record.h"
#include "controller/journal/rocksdb_journal.h"
#include "controller/maintenance/store_root.h"
#include "controller/runtime/work_mark_file.h"
#include "fmt/format.h"

namespace orrery::maintenance {
namespace {

// The workflow as its records tell it: an end that was derived is not recorded.
struct Found {
  std::optional<engine::WorkflowNumber> number;
  bool is_cancelled = false;
  bool has_failed = false;
  absl::Time last_at = absl::InfinitePast();

  void Visit(const engine::Record& record, const Uuid& id) {
    last_at = std::max(last_at, record.at);
    std::visit(Overload{
                   [&](const engine::WorkflowSubmitted& body) {
                     if (body.id == id) *this = {.number = body.number, .last_at = last_at};
                   },
                   [&](const engine::WorkflowCancelled& body) {
                     is_cancelled = is_cancelled || body.number == number;
                   },
                   [&](const engine::WorkflowFailed& body) {
                     has_failed = has_failed || body.number == number;
                   },
                   [&](const engine::WorkflowDeleted& body) {
                     if (body.number == number) number.reset();
                   },
                   [](const auto&) {},
               },
               record.body);
  }
};

// Waits until a journal has written all that it was given.
class Written {
 public:
  journal::JournalListener Listener() {
    return {.on_durable = [this](journal::Lsn lsn) { Set(lsn, absl::OkStatus()); },
            .on_failure = [this](const absl::Status& status) { Set(0, status); }};
  }
  absl::Status Wait(journal::Lsn lsn) {
    MutexLock lock(mutex_);
    while (status_.ok() && durable_ < lsn) changed_.Wait(mutex_);
    return status_;
  }

 private:
  void Set(journal::Lsn lsn, const absl::Status& status) {
    MutexLock lock(mutex_);
    durable_ = std::max(durable_, lsn);
    status_.Update(status);
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  journal::Lsn durable_ GUARDED_BY(mutex_) = 0;
  absl::Status status_ GUARDED_BY(mutex_);
};

}  // namespace

absl::Status CancelInStore(const CancelInStoreRequest& request) {
  const std::string path = JournalPath(request.root);
  if (!HasJournal(request.root)) {
    return absl::FailedPreconditionError(
        fmt::format("{} has no journal; give the root of a controller", request.root));
  }
  Written written;
  ASSIGN_OR_RETURN(const std::unique_ptr<journal::RocksDbJournal> journal,
                   journal::RocksDbJournal::Open({.path = path}, written.Listener()));
  Found found;
  RETURN_IF_ERROR(journal->Replay([&](journal::Lsn, const engine::Record& record) {
    found.Visit(record, request.workflow);
    return absl::OkStatus();
  }));
  const std::string id = request.workflow.ToString();
  if (!found.number.has_value()) {
    return absl::NotFoundError(fmt::format("there is no workflow {} in {}", id, request.root));
  }
  if (found.has_failed) {
    return absl::InvalidArgumentError(fmt::format(
        "workflow {} has failed already; only a running workflow can be cancelled", id));
  }
  // Held first: the record alone would be reached only by a replay of what comes before it.
  ASSIGN_OR_RETURN(const std::unique_ptr<runtime::WorkMarkFile> mark,
                   runtime::WorkMarkFile::Open(request.root));
  if (!mark->Hold(*found.number, request.workflow)) {
    return LimitExceeded(runtime::kPoisonEntries, request.root + "/working",
                         runtime::kPoisonEntries.max + 1,
                         "delete workflows that are held, or remove the file");
  }
  if (found.is_cancelled) return absl::OkStatus();
  engine::Record record{
      .at = std::max(request.now, found.last_at),
      .body = engine::WorkflowCancelled{.number = *found.number, .reason = "orreryd cancel"}};
  std::vector<engine::Record> records;
  records.push_back(std::move(record));
  const journal::Lsn lsn = journal->Append(std::move(records));
  journal->RequestFlush();
  return written.Wait(lsn);
}

}  // namespace orrery::maintenance
