#include "graph/check/structure.h"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "base/name_index.h"
#include "base/shown_text.h"
#include "graph/check/wording.h"
#include "graph/limits.h"
#include "graph/name.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

std::string NameHint(std::string_view what, std::string_view name, const GraphFace::Names& names) {
  return Hint(what, name, std::vector<std::string>(names.begin(), names.end()));
}

std::string PortHint(std::string_view name, const std::vector<PortSpec>& ports) {
  std::vector<std::string> names;
  for (const PortSpec& port : ports) names.push_back(port.name);
  return Hint("port", name, names);
}

}  // namespace

StructureCheck::StructureCheck(const Parts& parts)
    : parts_(parts), graph_(*parts.definition.graph), face_(parts.definition.face) {}

void StructureCheck::Run() {
  const bool is_root = parts_.definition.constant == nullptr;
  CheckWhole();
  if (is_root && parts_.options.given_inputs.has_value()) {
    CheckGivenInputs(*parts_.options.given_inputs);
  }
  for (std::size_t i = 0; i < graph_.nodes.size() && !parts_.problems.is_full(); ++i) CheckNode(i);
}

void StructureCheck::CheckWhole() {
  if (graph_.nodes.size() > kLimits.graph_nodes.max) {
    Report(fmt::format("has a list of nodes that {}",
                       DescribeExcess(kLimits.graph_nodes, graph_.nodes.size(), kFewerNodes)));
  }
  if (graph_.name.size() > kLimits.name_bytes.max) {
    Report(fmt::format("has a name that {}",
                       DescribeExcess(kLimits.name_bytes, graph_.name.size(), "shorten it")));
  }
  const auto output_count = std::ranges::count_if(
      graph_.nodes, [](const Node& node) { return std::holds_alternative<OutputNode>(node.kind); });
  if (output_count == 0) Report("has no output node");
  if (output_count > 1) Report(fmt::format("has {} output nodes, it needs one", output_count));
  for (const std::string& name : face_.fixed_inputs) {
    if (face_.inputs.contains(name)) continue;
    Report(fmt::format("fixes the input {}, which it does not have{}", Quoted(name),
                       NameHint("input", name, face_.inputs)));
  }
}

void StructureCheck::CheckGivenInputs(const std::vector<std::string>& given) {
  GraphFace::Names seen;
  for (const std::string& name : given) {
    if (!seen.insert(name).second) {
      Report(fmt::format("is given the input {} twice", Quoted(name)));
    } else if (!face_.inputs.contains(name)) {
      Report(fmt::format("has no input {}{}", Quoted(name), NameHint("input", name, face_.inputs)));
    } else if (face_.fixed_inputs.contains(name)) {
      Report(fmt::format("is given the input {}, which it has fixed", Quoted(name)));
    }
  }
  for (const std::string& name : face_.inputs) {
    if (seen.contains(name) || face_.fixed_inputs.contains(name)) continue;
    Report(fmt::format("needs the input {}, which is not given", Quoted(name)));
  }
}

void StructureCheck::CheckNode(std::size_t index) {
  const Node& node = graph_.nodes[index];
  CheckOwnName(index);
  CheckInputNames(index);
  ForEachReference(node, [&](std::string_view role, const PortRef& source) {
    CheckReference(index, role, source);
  });
  if (const auto* function = std::get_if<FunctionNode>(&node.kind)) CheckFunction(index, *function);
  if (std::holds_alternative<MapNode>(node.kind)) CheckMapped(index);
}

void StructureCheck::CheckOwnName(std::size_t index) {
  const auto check = [&](std::string_view what, const std::string& name) {
    const std::string problem = NameProblem(name);
    if (problem.empty()) return;
    ReportNode(index, "", fmt::format("the {} {} {}", what, Quoted(name), problem));
  };
  const NodeKind& kind = graph_.nodes[index].kind;
  if (const auto* input = std::get_if<InputNode>(&kind)) {
    check("name", input->name);
    if (input->name == kBodyPort) {
      ReportNode(index, "", "the name \"body\" stands for the graph itself");
    }
    if (face_.repeated_inputs.contains(input->name)) {
      ReportNode(index, "", fmt::format("two inputs are called {}", Quoted(input->name)));
    }
  } else if (const auto* function = std::get_if<FunctionNode>(&kind)) {
    const auto [worker, task] = SplitFunctionName(function->function_name);
    check("worker name", worker);
    check("task name", task);
  } else if (const auto* loop = std::get_if<LoopNode>(&kind)) {
    check("continue port", loop->continue_port);
    if (loop->name.empty()) return;
    check("name", loop->name);
    if (!loop_names_.insert(loop->name).second) {
      ReportNode(index, "", fmt::format("two loops are called {}", Quoted(loop->name)));
    }
  }
}

void StructureCheck::CheckInputNames(std::size_t index) {
  const std::vector<NodeInput>& inputs = graph_.nodes[index].inputs;
  if (inputs.size() > kLimits.node_inputs.max) {
    ReportNode(index, "",
               fmt::format("the list of inputs {}",
                           DescribeExcess(kLimits.node_inputs, inputs.size(), kFewerInputs)));
    return;
  }
  std::set<std::string_view> names;
  for (const NodeInput& input : inputs) {
    const std::string problem = NameProblem(input.name);
    if (!problem.empty()) {
      ReportNode(index, input.name, fmt::format("port {} {}", Quoted(input.name), problem));
    }
    if (!names.insert(input.name).second) {
      ReportNode(index, input.name, fmt::format("port {} is wired twice", Quoted(input.name)));
    }
  }
}

void StructureCheck::CheckReference(std::size_t index, std::string_view role,
                                    const PortRef& source) {
  const auto report = [&](std::string_view message) {
    ReportNode(index, role, fmt::format("port {}: {}", Quoted(role), message));
  };
  std::string_view port = source.port;
  if (port.ends_with(kMappedSuffix)) port.remove_suffix(kMappedSuffix.size());
  // A port of a task that is not known yet is a name, too: it becomes a part of a path.
  if (const std::string problem = NameProblem(port); !problem.empty()) {
    report(fmt::format("the source {} {}", Quoted(source.port), problem));
    return;
  }
  if (source.node == kOutside) {
    if (source.port == kBodyPort || face_.inputs.contains(source.port)) return;
    report(fmt::format("the graph has no input {}{}", Quoted(source.port),
                       NameHint("input", source.port, face_.inputs)));
    return;
  }
  const auto count = static_cast<std::int64_t>(graph_.nodes.size());
  if (source.node < 0 || source.node >= count) {
    report(fmt::format("node {} does not exist; the graph has {} nodes", source.node, count));
  } else if (static_cast<std::size_t>(source.node) >= index) {
    report(fmt::format("node {} does not come before this one, so they would wait in a cycle",
                       source.node));
  }
}

void StructureCheck::CheckFunction(std::size_t index, const FunctionNode& function) {
  const TaskSpec* task = parts_.tasks.Find(function.function_name);
  if (task == nullptr) {
    // A worker may still connect; the set of builtins is fixed.
    const bool may_come = SplitFunctionName(function.function_name).worker != kBuiltinsWorker ||
                          parts_.tasks.FindTypes(function.function_name) != nullptr;
    if (parts_.options.allow_unknown_tasks && may_come) return;
    const std::vector<std::string> tasks =
        parts_.options.list_tasks ? parts_.options.list_tasks() : std::vector<std::string>();
    const std::string closest = ClosestName(function.function_name, tasks);
    ReportNode(index, "",
               fmt::format("no worker offers this task{}{}{}",
                           closest.empty() ? "" : fmt::format("; did you mean {}?", closest),
                           parts_.options.unknown_task_note.empty() ? "" : "; ",
                           parts_.options.unknown_task_note));
    return;
  }
  if (!function.policy.is_empty() &&
      SplitFunctionName(function.function_name).worker == kBuiltinsWorker) {
    ReportNode(index, "", std::string(kNoPolicyForBuiltins));
  }
  if (task->is_effect_once && function.policy.attempts.value_or(1) > 1) {
    ReportNode(index, "", std::string(kNoRetryForEffectOnce));
  }
  const std::vector<NodeInput>& wired = graph_.nodes[index].inputs;
  const NameIndex ports(task->inputs);
  for (const NodeInput& input : wired) {
    if (ports.Contains(input.name)) continue;
    ReportNode(index, input.name,
               fmt::format("port {} does not exist{}", Quoted(input.name),
                           PortHint(input.name, task->inputs)));
  }
  const NameIndex inputs(wired);
  for (const PortSpec& port : task->inputs) {
    if (!port.is_required || inputs.Contains(port.name)) continue;
    ReportNode(index, port.name,
               fmt::format("port {} is not wired, and has no default", Quoted(port.name)));
  }
}

void StructureCheck::CheckMapped(std::size_t index) {
  const bool is_any_mapped =
      std::ranges::any_of(graph_.nodes[index].inputs,
                          [](const NodeInput& input) { return IsMappedPort(input.source.port); });
  if (is_any_mapped) return;
  ReportNode(index, "",
             "none of its inputs comes from a port * or x-*, so there is nothing to map");
}

void StructureCheck::Report(std::string_view message) {
  parts_.problems.Add({.location = parts_.definition.location,
                       .message = fmt::format("{} {}", parts_.definition.Where(), message)});
}

void StructureCheck::ReportNode(std::size_t index, std::string_view port,
                                std::string_view message) {
  parts_.problems.Add(
      ToProblem({graph_, parts_.definition.location, index, std::string(port), message}));
}

}  // namespace orrery::graph
