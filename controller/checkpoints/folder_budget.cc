#include "controller/checkpoints/folder_budget.h"

#include <utility>

namespace orrery::checkpoints {

bool FolderBudget::Admit(const Uuid& workflow, const graph::Location& location) {
  if (location.steps.size() <= 1) return true;
  absl::flat_hash_set<std::string>& folders = nested_[workflow];
  std::string name = location.ToString();
  if (folders.contains(name)) return true;
  if (folders.size() >= kNestedFolders.max) return false;
  folders.insert(std::move(name));
  return true;
}

}  // namespace orrery::checkpoints
