// Whether the store under a root is sound: everything a controller would read when it starts, and
// everything it would read later, without a controller.
//
// Each record is decoded and replayed by the engine; each blob that a record refers to is looked
// at. A problem does not end the check, but what follows a missing record cannot be replayed.
//
// Threading: functions without state; they block on the disk. Nothing is changed.
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
  // Empty: that of the root.
  std::string journal;
  blobs::BlobCheck blobs = blobs::BlobCheck::kLength;
  // More are counted, but not kept.
  std::size_t problems_max = 1000;
};

struct StoreProblem {
  // The record concerned, or the first of them; absent: the store as a whole.
  std::optional<journal::Lsn> record;
  std::string what;
  // What to do about it.
  std::string advice;
};

struct StoreReport {
  std::string root;
  journal::Lsn records = 0;
  // The last record that was acknowledged for sure; absent: not known.
  std::optional<journal::Lsn> acknowledged;
  // How often a controller has started on it.
  std::uint64_t epoch = 0;
  // Known ones, and those of them that go on when a controller starts.
  std::uint64_t workflows = 0;
  std::uint64_t running = 0;
  // Blobs that records refer to, each counted once.
  std::uint64_t blobs = 0;
  std::uint64_t blob_bytes = 0;
  bool are_digests_checked = false;
  std::vector<StoreProblem> problems;
  std::uint64_t problems_left_off = 0;

  bool is_sound() const { return problems.empty(); }
};

// kNotFound: there is no store under the root. kFailedPrecondition: a controller runs on it, or it
// is of another format version. Damage is no error but what the report is about.
absl::StatusOr<StoreReport> CheckStore(const StoreCheckOptions& options);

}  // namespace orrery::maintenance
