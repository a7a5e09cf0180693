#include "controller/engine/pending/held_nodes.h"

#include <algorithm>

namespace orrery::engine {

bool HeldNodes::Remove(const ReadyNode& node) {
  return std::erase(recovering, node) > 0 || paused.erase(node) > 0 || delayed.Clear(node) ||
         cached.erase(node) > 0 || uncertain.erase(node) > 0;
}

void HeldNodes::RemoveWorkflow(WorkflowNumber workflow) {
  const auto is_its = [&](const ReadyNode& node) { return node.workflow == workflow; };
  std::erase_if(recovering, is_its);
  std::erase_if(paused, is_its);
  std::erase_if(cached, is_its);
  std::erase_if(uncertain, is_its);
  delayed.ClearWorkflow(workflow);
}

std::vector<ReadyNode> HeldNodes::TakePaused(WorkflowNumber workflow) {
  std::vector<ReadyNode> nodes;
  std::erase_if(paused, [&](const ReadyNode& node) {
    if (node.workflow != workflow) return false;
    nodes.push_back(node);
    return true;
  });
  return nodes;
}

std::size_t HeldNodes::CountOf(WorkflowNumber workflow) const {
  const auto count = std::ranges::count(recovering, workflow, &ReadyNode::workflow) +
                     std::ranges::count(cached, workflow, &ReadyNode::workflow) +
                     std::ranges::count(uncertain, workflow, &ReadyNode::workflow);
  return static_cast<std::size_t>(count) + CountPaused(workflow) + CountDelayed(workflow);
}

std::size_t HeldNodes::CountPaused(WorkflowNumber workflow) const {
  return static_cast<std::size_t>(std::ranges::count(paused, workflow, &ReadyNode::workflow));
}

std::size_t HeldNodes::CountDelayed(WorkflowNumber workflow) const {
  const auto is_its = [&](const auto& entry) { return entry.first.workflow == workflow; };
  return static_cast<std::size_t>(std::ranges::count_if(delayed.nodes(), is_its));
}

}  // namespace orrery::engine
