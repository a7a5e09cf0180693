// What the latest calls of each cacheable task were made of, to tell in what another one differs.
//
// For people only: what is not remembered here costs an explanation, nothing else. So it is no part
// of the state that a replay must rebuild, though it does as far as the journal has the calls.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/uuid.h"
#include "controller/engine/cache/call.h"
#include "controller/engine/record.h"

namespace orrery::engine {

struct RecentCall {
  NodeKey node;
  Uuid workflow;
  // Of all that it was made of (CacheKey).
  Digest key;
  std::string version;
  std::vector<CallInput> inputs;
};

// `call` is the digest of the call (CallDigest), `version` that of its task.
RecentCall DescribeCall(const Workflow& workflow, NodeRef node, const Digest& call,
                        std::string_view version);

class RecentCalls {
 public:
  RecentCalls() = default;
  RecentCalls(const RecentCalls&) = delete;
  RecentCalls& operator=(const RecentCalls&) = delete;

  // As the latest call of the task.
  void Remember(std::string_view task, RecentCall call);

  // In what the call differs from the nearest one that is remembered, the latest of those.
  std::string DifferenceOf(std::string_view task, const RecentCall& call) const;

  void RemoveWorkflow(WorkflowNumber workflow);

  static constexpr std::size_t kTasksMax = 256;
  static constexpr std::size_t kCallsPerTaskMax = 8;

 private:
  struct Task {
    std::deque<RecentCall> calls;  // The latest first; not empty.
    std::uint64_t used = 0;        // When the latest was remembered, by count_.
  };

  std::map<std::string, Task, std::less<>> tasks_;
  std::uint64_t count_ = 0;
};

}  // namespace orrery::engine
