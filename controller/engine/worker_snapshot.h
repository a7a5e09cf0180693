// One worker process, as people see it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "graph/task.h"

namespace orrery::engine {

enum class WorkerPresence { kConnected, kDraining, kLost };

struct WorkerSnapshot {
  Uuid instance;
  std::string worker;
  std::string host;
  std::uint32_t process_id = 0;
  std::uint32_t slots = 0;
  std::uint32_t attempts = 0;
  WorkerPresence presence = WorkerPresence::kConnected;
  absl::Time connected_at;
  std::shared_ptr<const graph::Catalog> catalog;
  std::map<std::string, std::string> labels;
  std::string sdk_version;
};

}  // namespace orrery::engine
