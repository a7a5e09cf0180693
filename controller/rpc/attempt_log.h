// Assigns the log entries of a worker, which name attempts, to workflows.
//
// Threading: thread-compatible.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/rpc/limits.h"
#include "controller/rpc/log_budget.h"
#include "controller/runtime/api.h"
#include "graph/location.h"
#include "model/attempt_id.h"

namespace orrery::rpc {

struct AttemptLogLine {
  Uuid workflow;
  std::string line;
};

class AttemptLog {
 public:
  explicit AttemptLog(const Limits& limits);

  void Begin(const model::AttemptId& attempt, const Uuid& workflow,
             const graph::Location& location);
  // Ends an attempt. Entries that arrive shortly after it are still assigned.
  void End(const model::AttemptId& attempt);
  // Returns true if an attempt has begun and not ended.
  bool has_open() const { return places_.size() > ended_.size(); }

  struct Entry {
    model::AttemptId attempt;
    absl::Time at;
    std::string_view text;
  };
  // Returns the line for the workflow's log; nullopt if the attempt is unknown or the log budget is
  // spent.
  std::optional<AttemptLogLine> Line(absl::Time now, std::string_view worker, const Entry& entry);

 private:
  struct Place {
    Uuid workflow;
    graph::Location location;
    bool is_ended = false;
  };

  LogBudget budget_;
  absl::flat_hash_map<model::AttemptId, Place> places_;
  std::deque<model::AttemptId> ended_;  // Oldest first; at most kEndedMax.
};

}  // namespace orrery::rpc
