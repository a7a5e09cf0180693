#include "graph/check/flow_table.h"

#include <algorithm>

namespace orrery::graph {

const Flow* Ports::Find(std::string_view port) const {
  const auto it = std::ranges::lower_bound(flows, port, {}, &PortFlow::port);
  return it == flows.end() || it->port != port ? nullptr : it->flow;
}

std::vector<std::string> Ports::Names() const {
  std::vector<std::string> names;
  for (const PortFlow& each : flows) names.emplace_back(each.port);
  return names;
}

FlowTable::FlowTable()
    : unknown_(&*flows_.emplace().first),
      unknown_ports_(&*ports_.insert(Ports{.is_open = true}).first),
      no_ports_(&*ports_.emplace().first) {}

const Flow* FlowTable::Intern(Flow flow) { return &*flows_.insert(std::move(flow)).first; }

const Ports* FlowTable::Intern(std::vector<PortFlow> flows) {
  if (flows.size() > 1) {
    std::ranges::stable_sort(flows, {}, &PortFlow::port);
    const auto is_same_port = [](const PortFlow& a, const PortFlow& b) { return a.port == b.port; };
    flows.erase(std::unique(flows.begin(), flows.end(), is_same_port), flows.end());
  }
  return &*ports_.insert(Ports{.flows = std::move(flows)}).first;
}

const Closure* FlowTable::Intern(const Closure& closure) {
  return &*closures_.insert(closure).first;
}

std::string_view FlowTable::Intern(std::string name) {
  return *names_.insert(std::move(name)).first;
}

const Flow* FlowTable::Join(const Flow* a, const Flow* b) {
  if (a == b) return a;
  return Intern({.supply = orrery::graph::Join(a->supply, b->supply),
                 .graph = a->graph == b->graph ? a->graph : nullptr,
                 .input = nullptr});
}

}  // namespace orrery::graph
