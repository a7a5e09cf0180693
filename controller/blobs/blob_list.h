// Lists the blobs under a root.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"

namespace orrery::blobs {

// Returns the digests of all blobs, sorted; files with other names are not blobs. A root without
// blobs has an empty list.
absl::StatusOr<std::vector<Digest>> ListBlobs(std::string_view root);

}  // namespace orrery::blobs
