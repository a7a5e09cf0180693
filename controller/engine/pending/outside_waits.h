// Nodes that wait for something that is no worker's: bytes, storage, chance, time.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/engine/ids.h"
#include "controller/engine/pending/ready_queue.h"
#include "controller/engine/record.h"

namespace orrery::engine {

struct OutsideWaits {
  // For a value's bytes; until a value is stored.
  std::map<Digest, std::vector<ReadyNode>> loading;
  std::map<Digest, std::vector<ReadyNode>> storing;
  // For a number that is drawn.
  std::map<DrawId, ReadyNode> draws;
  std::uint64_t last_draw = 0;
  // For time to pass: until when, and the other way round.
  std::map<NodeKey, absl::Time> sleeping;
  std::set<std::pair<absl::Time, NodeKey>> alarms;
};

}  // namespace orrery::engine
