#include "graph/task.h"

#include <algorithm>

namespace orrery::graph {
namespace {

template <class Spec>
const Spec* FindByName(const std::vector<Spec>& specs, std::string_view name) {
  const auto it = std::ranges::find(specs, name, &Spec::name);
  return it == specs.end() ? nullptr : &*it;
}

}  // namespace

const PortSpec* TaskSpec::FindInput(std::string_view port) const {
  return FindByName(inputs, port);
}

const PortSpec* TaskSpec::FindOutput(std::string_view port) const {
  return FindByName(outputs, port);
}

const TaskSpec* Catalog::Find(std::string_view task) const { return FindByName(tasks, task); }

TaskName SplitFunctionName(std::string_view function_name) {
  const std::size_t dot = function_name.rfind('.');
  if (dot == std::string_view::npos) return {.worker = "", .task = std::string(function_name)};
  return {.worker = std::string(function_name.substr(0, dot)),
          .task = std::string(function_name.substr(dot + 1))};
}

}  // namespace orrery::graph
