// Whether a blob under a root is what a reference says.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "graph/value.h"

namespace orrery::blobs {

enum class BlobCheck {
  kLength,  // Looks at the file's size.
  kDigest,  // Reads all of it.
};

// kNotFound: there is no such blob. kDataLoss: its length, or its digest, is another.
absl::Status CheckBlob(std::string_view root, const graph::BlobRef& blob, BlobCheck check);

}  // namespace orrery::blobs
