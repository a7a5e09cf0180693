// Checks the store under a root without a controller: all that a controller reads at its start, and
// all that it may read later.
//
// The engine decodes and replays each record; each blob that a record refers to is checked. A
// problem does not end the check, but records after a missing one cannot be replayed.
//
// Threading: functions without state; they block on the disk, and change nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/blobs/blob_check.h"
#include "controller/journal/journal.h"

namespace orrery::maintenance {

struct StoreCheckOptions {
  std::string root;
  // Empty: the journal of the root.
  std::string journal;
  blobs::BlobCheck blobs = blobs::BlobCheck::kLength;
  // Further problems are counted, but not kept.
  std::size_t problems_max = 1000;
};

struct StoreProblem {
  // The affected record, or the first of them; nullopt: the store as a whole.
  std::optional<journal::Lsn> record;
  std::string what;
  // The recommended action.
  std::string advice;
};

struct StoreReport {
  std::string root;
  journal::Lsn records = 0;
  // The last record that is known to be acknowledged; nullopt if unknown.
  std::optional<journal::Lsn> acknowledged;
  // The number of starts of the controller on this store.
  std::uint64_t epoch = 0;
  // The known workflows, and the number of them that continue when a controller starts.
  std::uint64_t workflows = 0;
  std::uint64_t running = 0;
  // The blobs that records refer to, each counted once.
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  bool are_digests_checked = false;
  std::vector<StoreProblem> problems;
  std::uint64_t problems_left_off = 0;

  bool is_sound() const { return problems.empty(); }
};

// Damage is not an error but a part of the report.
//
// Errors: kNotFound if there is no store under the root; kFailedPrecondition if a controller runs
// on it, or for another format version.
absl::StatusOr<StoreReport> CheckStore(const StoreCheckOptions& options);

}  // namespace orrery::maintenance
