// Finds the blobs that a record refers to.
//
// Excludes the blobs of derived values: a replay makes them again.
//
// Threading: functions without state.
#pragma once

#include <vector>

#include "controller/engine/record.h"
#include "graph/value.h"

namespace orrery::journal {

std::vector<graph::BlobRef> BlobsOf(const engine::Record& record);
std::vector<graph::BlobRef> BlobsOf(const model::Submission& submission);
std::vector<graph::BlobRef> BlobsOf(const std::vector<graph::NamedValue>& values);

}  // namespace orrery::journal
