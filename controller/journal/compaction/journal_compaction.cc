#include "controller/journal/compaction/journal_compaction.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "controller/journal/compaction/record_census.h"
#include "controller/journal/journal_batch.h"
#include "controller/journal/journal_database.h"
#include "controller/journal/record_codec.h"
#include "fmt/format.h"
#include "rocksdb/db.h"
#include "rocksdb/options.h"
#include "rocksdb/write_batch.h"

namespace orrery::journal {
namespace {

// A run of entries and its remaining records.
struct EntryRun {
  Lsn first = 0;
  Lsn end = 0;
  std::size_t entries = 0;
  bool has_dropped = false;
  std::vector<Numbered<std::string>> records;
  std::size_t bytes = 0;

  // An entry that keeps all its records is not rewritten.
  bool is_changed() const { return entries > 1 || has_dropped; }
};

absl::Status CompactionCancelled() { return absl::CancelledError("the compaction was given up"); }

class Compaction {
 public:
  Compaction(const CompactionTarget& target, const CompactionRequest& request)
      : target_(target), request_(request), census_(request.in_use, request.deleted) {
    write_options_.sync = target.is_synced;
  }

  absl::StatusOr<CompactionReport> Run();

 private:
  absl::Status Count();
  absl::Status Rewrite();
  absl::Status VisitEntry(Lsn first, std::string_view bytes);
  // Visits the records after `up_to`.
  absl::Status VisitLater(const Batch& batch);
  absl::Status Flush();
  // Workflows that an earlier compaction has not finished stay in the header.
  absl::Status BeginRemoving(const std::vector<engine::WorkflowNumber>& removing);
  absl::Status EndRemoving();
  absl::Status WriteHeader(JournalHeader header);
  absl::Status Write(rocksdb::WriteBatch& batch);

  const CompactionTarget& target_;
  const CompactionRequest& request_;
  rocksdb::WriteOptions write_options_;
  RecordCensus census_;
  JournalHeader header_;
  EntryRun run_;
  CompactionReport report_;
};

absl::Status Compaction::Count() {
  return ReadEntries(target_.database, target_.path,
                     {.on_record =
                          [this](Lsn lsn, const engine::Record& record) {
                            if (lsn <= request_.up_to) census_.Add(lsn, record);
                            return request_.is_cancelled() ? CompactionCancelled()
                                                           : absl::OkStatus();
                          },
                      .on_problem = [](Lsn, absl::Status problem) { return problem; }})
      .status();
}

absl::StatusOr<CompactionReport> Compaction::Run() {
  RETURN_IF_ERROR(Count());
  RETURN_IF_ERROR(BeginRemoving(census_.Removable()));
  RETURN_IF_ERROR(Rewrite());
  RETURN_IF_ERROR(EndRemoving());
  return report_;
}

absl::Status Compaction::Rewrite() {
  const std::unique_ptr<rocksdb::Iterator> entries = NewEntryIterator(target_.database);
  RETURN_IF_ERROR(TakeHeader(*entries).status());
  for (; entries->Valid(); entries->Next()) {
    if (request_.is_cancelled()) return CompactionCancelled();
    const std::optional<Lsn> first = ParseJournalKey(entries->key().ToStringView());
    CHECK(first.has_value());
    RETURN_IF_ERROR(VisitEntry(*first, entries->value().ToStringView()));
  }
  RETURN_IF_ERROR(FromRocksDb(entries->status(), target_.path));
  return Flush();
}

absl::Status Compaction::VisitEntry(Lsn first, std::string_view bytes) {
  ASSIGN_OR_RETURN(const Batch batch, DecodeBatch(first, bytes));
  if (batch.end - 1 > request_.up_to) return VisitLater(batch);
  EntryRun entry{.first = first, .end = batch.end, .entries = 1, .records = {}};
  for (const auto& [lsn, record_bytes] : batch.records) {
    ASSIGN_OR_RETURN(const engine::Record record, DecodeRecord(record_bytes));
    if (IsRemoved(record, header_) || !census_.IsNeeded(lsn, record)) {
      entry.has_dropped = true;
      ++report_.records_removed;
      report_.bytes_removed += record_bytes.size();
      continue;
    }
    ++report_.records_kept;
    report_.bytes_kept += record_bytes.size();
    entry.bytes += record_bytes.size();
    entry.records.push_back({lsn, std::string(record_bytes)});
    if (request_.on_kept) request_.on_kept(record);
  }
  const bool fits = run_.bytes + entry.bytes <= target_.batch_bytes_max;
  if (run_.entries > 0 && !fits) RETURN_IF_ERROR(Flush());
  if (run_.entries == 0) {
    run_ = std::move(entry);
    return absl::OkStatus();
  }
  run_.end = entry.end;
  ++run_.entries;
  run_.has_dropped = run_.has_dropped || entry.has_dropped;
  run_.bytes += entry.bytes;
  std::ranges::move(entry.records, std::back_inserter(run_.records));
  return absl::OkStatus();
}

absl::Status Compaction::VisitLater(const Batch& batch) {
  RETURN_IF_ERROR(Flush());
  for (const auto& [lsn, bytes] : batch.records) {
    ASSIGN_OR_RETURN(const engine::Record record, DecodeRecord(bytes));
    ++report_.records_kept;
    report_.bytes_kept += bytes.size();
    if (request_.on_kept) request_.on_kept(record);
  }
  return absl::OkStatus();
}

absl::Status Compaction::Flush() {
  if (run_.entries == 0) return absl::OkStatus();
  const EntryRun run = std::exchange(run_, {});
  if (run.is_changed() && !request_.is_dry_run) {
    rocksdb::WriteBatch batch;
    // DeleteRange on a batch in memory does not fail.
    CHECK(batch.DeleteRange(JournalKey(run.first), JournalKey(run.end)).ok());
    CHECK(batch.Put(JournalKey(run.first), EncodeCompactedBatch(run.first, run.end, run.records))
              .ok());
    RETURN_IF_ERROR(Write(batch));
  }
  if (request_.on_progress) request_.on_progress(run.end - 1);
  return absl::OkStatus();
}

absl::Status Compaction::BeginRemoving(const std::vector<engine::WorkflowNumber>& removing) {
  const std::unique_ptr<rocksdb::Iterator> entries = NewEntryIterator(target_.database);
  ASSIGN_OR_RETURN(header_, TakeHeader(*entries));
  JournalHeader header;
  std::ranges::set_union(header_.removing, removing, std::back_inserter(header.removing));
  return WriteHeader(std::move(header));
}

absl::Status Compaction::EndRemoving() { return WriteHeader({}); }

absl::Status Compaction::WriteHeader(JournalHeader header) {
  // A dry run reads on as if the header had been written.
  const bool is_news = header.removing != header_.removing;
  header_ = std::move(header);
  if (!is_news || request_.is_dry_run) return absl::OkStatus();
  rocksdb::WriteBatch batch;
  CHECK(batch.Put(JournalKey(0), EncodeJournalHeader(header_)).ok());
  return Write(batch);
}

absl::Status Compaction::Write(rocksdb::WriteBatch& batch) {
  return FromRocksDb(target_.database.Write(write_options_, &batch), target_.path);
}

}  // namespace

absl::StatusOr<CompactionReport> CompactJournal(const CompactionTarget& target,
                                                const CompactionRequest& request) {
  return Compaction(target, request).Run();
}

}  // namespace orrery::journal
