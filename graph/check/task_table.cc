#include "graph/check/task_table.h"

#include <string>

#include "graph/value.h"

namespace orrery::graph {
namespace {

Type ElementVariable() { return {.kind = TypeKind::kVariable, .name = "T"}; }

// Elements that are bytes are not JSON.
const TaskSpec& UnfoldSpec() {
  static const TaskSpec kSpec{
      .name = "unfold_values",
      .inputs = {{.name = "value",
                  .type = ListOf(ElementVariable()),
                  .formats = {std::string(kMediaTypeJson)}}},
      .outputs = {{.name = std::string(kMappedPort),
                   .type = ElementVariable(),
                   .formats = {std::string(kMediaTypeJson), std::string(kMediaTypeBytes)}}}};
  return kSpec;
}

const TaskSpec& FoldSpec() {
  static const TaskSpec kSpec{
      .name = "fold_values",
      .inputs = {{.name = std::string(kFoldPort), .type = ElementVariable()}},
      .outputs = {{.name = std::string(kValuePort),
                   .type = ListOf(ElementVariable()),
                   .formats = {std::string(kMediaTypeJson)}}}};
  return kSpec;
}

}  // namespace

const TaskSpec* TaskTable::Find(std::string_view function_name) {
  const auto [it, is_new] = tasks_.try_emplace(function_name, nullptr);
  if (is_new && options_.find_task) {
    const auto [worker, task] = SplitFunctionName(function_name);
    it->second = options_.find_task(worker, task);
  }
  return it->second;
}

const TaskSpec* TaskTable::FindTypes(std::string_view function_name) {
  if (function_name == kFoldFunction) return &FoldSpec();
  if (function_name == kUnfoldFunction) return &UnfoldSpec();
  return Find(function_name);
}

}  // namespace orrery::graph
