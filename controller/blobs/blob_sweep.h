// Removes blobs that nothing refers to any more.
//
// Who has written a blob refers to it a little later, and who finds that it is there already makes
// it as young as one just written (RenewBlob). So young blobs stay. A blob is first moved away and
// then looked at once more: who renewed it until then has it back, who comes later writes it again.
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
  // Blobs that are referred to.
  std::set<Digest> needed;
  // By the clock of the disk's files.
  absl::Time now;
  // Blobs younger than that stay.
  absl::Duration grace;
  // Changes nothing, and tells what would be removed.
  bool is_dry_run = false;
  std::function<bool()> is_cancelled;
};

struct SweepReport {
  std::uint64_t removed = 0;
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept = 0;
};

// kCancelled: what is removed by then stays so.
absl::StatusOr<SweepReport> SweepBlobs(const SweepRequest& request);

// Gives blobs back their names that a sweep which was cut short had moved away.
absl::Status RestoreCondemned(std::string_view root);

// Removes blobs in the making that nobody has written to for a day, and, where `own_prefix` is not
// empty, all whose names begin with it. Returns how many.
absl::StatusOr<std::uint64_t> RemoveTemporaries(std::string_view root, std::string_view own_prefix);

}  // namespace orrery::blobs
