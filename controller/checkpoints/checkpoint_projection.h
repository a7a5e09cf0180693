// Projects what the controller shows to items of the checkpoint tree.
//
// The file `<root>/checkpoints/_written` keeps how far the tree has come: the number of a journal
// record and the boot it was written in. After a restart only what follows is shown again; after a
// reboot everything is, because the tree is not synced.
//
// Threading: functions without state; CheckpointProjection is confined to the loop thread, and the
// tree calls back on its own.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/uuid.h"
#include "controller/checkpoints/checkpoint_entry.h"
#include "controller/checkpoints/checkpoint_tree.h"
#include "controller/engine/compiled_graph.h"
#include "controller/runtime/checkpoint_sink.h"
#include "graph/location.h"

namespace orrery::checkpoints {

// A few items or none, in the order in which they are to be written.
std::vector<CheckpointItem> ToCheckpointItems(const runtime::CheckpointEvent& event);

// The call arguments of a function node (`definition`): JSON, paths relative to the checkpoints'
// root. `location` is the node's.
std::string CallArguments(const Uuid& workflow, const graph::Location& location,
                          const engine::CompiledGraph& graph, engine::NodeIndex node);

class CheckpointProjection final : public runtime::CheckpointSink {
 public:
  // `tree` outlives the projection. `post` makes the loop thread call a function; it is
  // thread-safe.
  CheckpointProjection(CheckpointTree& tree, const std::string& root,
                       std::function<void(std::function<void()>)> post);

  void Show(runtime::CheckpointEvent event) override;
  void WhenShown(std::uint64_t lsn, std::function<void()> done) override;
  std::uint64_t shown_up_to() const override { return shown_up_to_; }
  void AppendLog(const Uuid& workflow, std::string line);

 private:
  void Add(CheckpointItem item);

  CheckpointTree& tree_;
  const std::function<void(std::function<void()>)> post_;
  const std::string written_path_;
  const std::string boot_;
  const std::uint64_t shown_up_to_;
  // Each kind of trouble is logged once: it may concern every item from then on.
  std::set<absl::StatusCode> logged_;
};

}  // namespace orrery::checkpoints
