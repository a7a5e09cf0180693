// The inputs and versions of the latest calls of each cacheable task, to explain how another call
// differs.
//
// For people only: a call that is not kept here costs an explanation and nothing else. A replay
// rebuilds it as far as the journal has the calls, but need not.
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
#include "base/limit.h"
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

  // Keeps the call as the latest one of the task.
  void Remember(std::string_view task, RecentCall call);

  // Returns the differences between the call and the most similar one that is kept, the latest of
  // those.
  std::string DifferenceOf(std::string_view task, const RecentCall& call) const;

  void RemoveWorkflow(WorkflowNumber workflow);

  static constexpr Limit kTasks{.name = "recent_tasks",
                                .max = 256,
                                .unit = LimitUnit::kCount,
                                .of = "cacheable tasks whose last calls are kept to explain others",
                                .beyond = "the calls of the task that was called longest ago go"};
  static constexpr Limit kCallsPerTask{
      .name = "recent_calls_per_task",
      .max = 8,
      .unit = LimitUnit::kCount,
      .of = "last calls of a cacheable task that are kept to explain others",
      .beyond = "the first of them goes"};

 private:
  struct Task {
    std::deque<RecentCall> calls;  // The latest first; not empty.
    std::uint64_t used = 0;        // When the latest was remembered, by count_.
  };

  std::map<std::string, Task, std::less<>> tasks_;
  std::uint64_t count_ = 0;
};

}  // namespace orrery::engine
