// Deletes blobs that no record refers to.
//
// The writer of a blob refers to it a little later; if the blob exists already, the writer renews
// its modification time (RenewBlob). So recent blobs are kept. An old blob is first moved away and
// then checked again: if it was renewed in the meantime, it is moved back; a later writer writes it
// again.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/digest.h"

namespace orrery::blobs {

struct SweepRequest {
  std::string root;
  // The blobs that are referred to.
  std::set<Digest> needed;
  // The current time by the clock of the file system.
  absl::Time now;
  // Blobs more recent than this are kept.
  absl::Duration grace;
  // Changes nothing; reports what would be deleted.
  bool is_dry_run = false;
  std::function<bool()> is_cancelled;
};

struct SweepReport {
  std::uint64_t removed = 0;
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept = 0;
};

// Errors: kCancelled; deletions so far are final.
absl::StatusOr<SweepReport> SweepBlobs(const SweepRequest& request);

// Moves back the blobs that an interrupted sweep had moved away.
absl::Status RestoreCondemned(std::string_view root);

// Deletes temporary files that were not written to for a day, and all whose names begin with
// `own_prefix`, if it is not empty. Returns their number.
absl::StatusOr<std::uint64_t> RemoveTemporaries(std::string_view root, std::string_view own_prefix);

}  // namespace orrery::blobs
