#include "controller/journal/memory_journal.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "controller/journal/compaction/record_census.h"
#include "controller/journal/record_codec.h"

namespace orrery::journal {

absl::Status MemoryJournal::Replay(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) {
  CHECK(!is_replayed_);
  is_replayed_ = true;
  return Scan(visit);
}

absl::Status MemoryJournal::Scan(
    const std::function<absl::Status(Lsn, const engine::Record&)>& visit) const {
  for (Lsn lsn = 1; lsn <= durable_lsn_; ++lsn) {
    const Entry& entry = records_[lsn - 1];
    if (entry.compacted_up_to == 0) RETURN_IF_ERROR(visit(lsn, entry.record));
  }
  return absl::OkStatus();
}

Lsn MemoryJournal::Append(std::vector<engine::Record> records) {
  CHECK(is_replayed_);
  CHECK(!records.empty());
  for (const engine::Record& record : records) {
    const absl::StatusOr<std::string> bytes = EncodeRecord(record);
    CHECK(bytes.ok());
    absl::StatusOr<engine::Record> decoded = DecodeRecord(*bytes);
    CHECK(decoded.ok());
    records_.push_back({.record = *std::move(decoded)});
  }
  return last_lsn();
}

void MemoryJournal::Compact(Lsn up_to, const std::set<engine::WorkflowNumber>& in_use) {
  CHECK(up_to <= durable_lsn_);
  const auto visit_all = [&](const std::function<void(Lsn, Entry&)>& visit) {
    for (Lsn lsn = 1; lsn <= up_to; ++lsn) {
      if (records_[lsn - 1].compacted_up_to == 0) visit(lsn, records_[lsn - 1]);
    }
  };
  RecordCensus census(in_use);
  visit_all([&](Lsn lsn, const Entry& entry) { census.Add(lsn, entry.record); });
  visit_all([&](Lsn lsn, Entry& entry) {
    if (!census.IsNeeded(lsn, entry.record)) entry.compacted_up_to = up_to;
  });
}

void MemoryJournal::DurableUpTo(Lsn lsn) {
  lsn = std::min(lsn, last_lsn());
  if (has_failed_ || lsn <= durable_lsn_) return;
  durable_lsn_ = lsn;
  if (listener_.on_durable) listener_.on_durable(lsn);
}

void MemoryJournal::CrashKeeping(Lsn lsn) {
  durable_lsn_ = std::min(lsn, last_lsn());
  records_.resize(durable_lsn_);
  for (Entry& entry : records_) {
    if (entry.compacted_up_to > durable_lsn_) entry.compacted_up_to = 0;
  }
  is_replayed_ = false;
  has_failed_ = false;
}

void MemoryJournal::Fail(absl::Status status) {
  if (std::exchange(has_failed_, true)) return;
  if (listener_.on_failure) listener_.on_failure(std::move(status));
}

}  // namespace orrery::journal
