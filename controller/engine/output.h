// The result of one step of the engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/digest.h"
#include "controller/engine/effect.h"
#include "controller/engine/record.h"

namespace orrery::engine {

struct Output {
  std::vector<Record> records;
  // Perform at once.
  std::vector<Effect> free;
  // Perform when `records`, and all before them, are durable.
  std::vector<Effect> gated;
};

// Reads the bytes of a blob at once; for replays, before anybody waits.
using ValueReader = std::function<absl::StatusOr<std::string>(const Digest&)>;

}  // namespace orrery::engine
