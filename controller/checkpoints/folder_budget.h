// Decides which nested node instances have folders in the bounded checkpoint tree: every node of
// the root graph, and of the others the first ones of each workflow.
//
// Threading: thread-compatible.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "graph/location.h"

namespace orrery::checkpoints {

inline constexpr Limit kNestedFolders{
    .name = "checkpoint_nested_folders",
    .max = 1000,
    .unit = LimitUnit::kCount,
    .of =
        "folders of a workflow in the bounded checkpoint tree for nodes inside evals, loops and "
        "maps, since the controller's start",
    .beyond = "later ones have none, and the file `_more` says so (`--checkpoint-tree full`)"};

class FolderBudget {
 public:
  // Returns true if the node has a folder, or gets one now.
  bool Admit(const Uuid& workflow, const graph::Location& location);
  // The workflow has ended.
  void Remove(const Uuid& workflow) { nested_.erase(workflow); }

 private:
  absl::flat_hash_map<Uuid, absl::flat_hash_set<std::string>> nested_;
};

}  // namespace orrery::checkpoints
