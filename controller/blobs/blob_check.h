// Compares a blob under a root with a reference to it.
//
// Threading: functions without state; they block on the disk.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "graph/value.h"

namespace orrery::blobs {

enum class BlobCheck {
  kLength,  // Compares the size of the file.
  kDigest,  // Reads the whole blob.
};

// Errors: kNotFound if the blob does not exist; kDataLoss if its size or digest differs.
absl::Status CheckBlob(std::string_view root, const graph::BlobRef& blob, BlobCheck check);

}  // namespace orrery::blobs
