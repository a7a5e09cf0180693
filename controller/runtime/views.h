// The state of workflows for clients, derived from the engine's effects.
//
// The views are a projection. They do not use the engine's structures, and show the end of a
// workflow only when it is durable.
//
// Threading: confined to the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "controller/runtime/api.h"
#include "model/workflow.h"

namespace orrery::runtime {

class Views {
 public:
  Views() = default;
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  void Apply(const engine::WorkflowStarted& event);
  void Apply(const engine::WorkflowProgressed& event);
  void Apply(const engine::TasksProgressed& event);
  void Apply(const engine::WorkflowPauseChanged& event);
  void Apply(const engine::WorkflowSettled& event);
  void Apply(const engine::WorkflowRemoved& event);
  // The state of the workflow's checkpoints; see model::Workflow. An unknown workflow is ignored.
  void SetCheckpointsBehind(const Uuid& id, bool are_behind);
  void SetCheckpointsIncomplete(const Uuid& id, const std::string& reason);

  // Returns null if there is no such workflow. Without `waiting_for` and `progress`, which the
  // controller knows.
  const model::Workflow* Find(const Uuid& id) const;

  // Returns a number that grows with every change of the workflow; 0 if there is no such workflow.
  std::uint64_t VersionOf(const Uuid& id) const;

  // Returns a number that distinguishes a workflow from later ones with the same id; 0 if there is
  // no such workflow.
  std::uint64_t IncarnationOf(const Uuid& id) const;

  struct Page {
    std::vector<const model::Workflow*> workflows;
    std::string next_token;  // Empty if this is the last page.
  };
  // Returns a page of workflows, newest first.
  //
  // Errors: kInvalidArgument if no page returned `token`.
  absl::StatusOr<Page> List(std::size_t size, std::string_view token) const;

  // Returns the token of the page that begins after the workflow. Requires: it exists.
  std::string TokenAfter(const Uuid& id) const;

  using WatchId = std::uint64_t;
  // `on_change` runs on the loop thread inside Apply, after each change of the workflow; it may
  // unwatch, but must not call into the controller otherwise.
  WatchId Watch(const Uuid& id, std::function<void()> on_change);
  void Unwatch(WatchId watch);

 private:
  struct Entry {
    model::Workflow workflow;
    std::uint64_t version = 0;
  };

  void Changed(Entry& entry);

  std::map<Uuid, Entry> workflows_;
  // Order of submission, for listing: the newest has the highest key.
  std::map<std::uint64_t, Uuid> by_order_;
  std::map<Uuid, std::uint64_t> order_of_;
  std::uint64_t next_order_ = 1;

  struct Watcher {
    Uuid workflow;
    std::function<void()> on_change;
  };
  std::map<WatchId, Watcher> watchers_;
  WatchId next_watch_ = 1;
};

}  // namespace orrery::runtime
