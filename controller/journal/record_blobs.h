// Which blobs a record refers to.
//
// Blobs of derived values are not among them: a replay makes these again.
//
// Threading: functions without state.
#pragma once

#include <vector>

#include "controller/engine/record.h"
#include "graph/value.h"

namespace orrery::journal {

std::vector<graph::BlobRef> BlobsOf(const engine::Record& record);

}  // namespace orrery::journal
