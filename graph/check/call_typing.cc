#include "graph/check/call_typing.h"

#include <optional>

#include "base/shown_text.h"
#include "graph/check/unify.h"
#include "graph/check/wording.h"
#include <fmt/format.h>

namespace orrery::graph {
namespace {

Mismatch ToMismatch(const Conflict& conflict) {
  Mismatch mismatch{.expected = TypeText(conflict.bound), .found = TypeText(conflict.found)};
  mismatch.message = fmt::format("gives {0} for {1}, but {1} is {2} at port {3}", mismatch.found,
                                 conflict.variable, mismatch.expected, Quoted(conflict.port));
  return mismatch;
}

}  // namespace

const CallTypes& CallTyping::Find(const TaskSpec& task, const Ports* arguments) {
  const auto [it, is_new] = calls_.try_emplace({&task, arguments});
  if (is_new) it->second = Infer(task, *arguments);
  return it->second;
}

CallTypes CallTyping::Infer(const TaskSpec& task, const Ports& arguments) {
  CallTypes call;
  Bindings bindings;
  std::vector<std::pair<const PortSpec*, const Flow*>> wired;
  for (const PortSpec& port : task.inputs) {
    const Flow* flow = arguments.Find(port.name);
    if (flow == nullptr) continue;
    const std::optional<Conflict> conflict =
        bindings.Unify(port.name, port.type, flow->supply.type);
    if (conflict.has_value()) {
      call.mismatches.push_back({port.name, ToMismatch(*conflict)});
    } else {
      wired.emplace_back(&port, flow);
    }
  }
  // Here all variables are bound.
  for (const auto& [port, flow] : wired) {
    std::optional<Mismatch> mismatch =
        HasVariables(port->type) ? FindMismatch(flow->supply, {.type = bindings.Apply(port->type),
                                                               .formats = port->formats})
                                 : FindMismatch(flow->supply, *port);
    if (mismatch.has_value()) call.mismatches.push_back({port->name, *std::move(mismatch)});
  }
  std::vector<PortFlow> outputs;
  for (const PortSpec& port : task.outputs) {
    Supply supply{bindings.Resolve(port.type), port.formats};
    budget_.Spend(CountNodes(supply.type));
    outputs.push_back({port.name, flows_.Intern({.supply = std::move(supply)})});
  }
  call.outputs = flows_.Intern(std::move(outputs));
  return call;
}

}  // namespace orrery::graph
