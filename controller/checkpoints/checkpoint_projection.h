// Projects the controller's events to items of the checkpoint tree.
//
// The file `<root>/checkpoints/_written` has the LSN up to which the tree is written, and the boot
// of the machine. After a restart, only later events are written again; after a reboot all are,
// because the tree is not synced.
//
// Threading: functions without state; CheckpointProjection is confined to the loop thread, and the
// tree calls back on its own thread.
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

// Returns the items of an event, possibly none, in the order in which they are to be written.
std::vector<CheckpointItem> ToCheckpointItems(const runtime::CheckpointEvent& event);

// Returns the call arguments of a function node (`definition`) as JSON, with paths relative to the
// root of the checkpoints. `location` is the location of the node.
std::string CallArguments(const Uuid& workflow, const graph::Location& location,
                          const engine::CompiledGraph& graph, engine::NodeIndex node);

class CheckpointProjection final : public runtime::CheckpointSink {
 public:
  // `tree` outlives the projection. `post` runs a function on the loop thread; it is thread-safe.
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
  // Each kind of error is logged once, because it may affect every later item.
  std::set<absl::StatusCode> logged_;
};

}  // namespace orrery::checkpoints
