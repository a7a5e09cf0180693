// Binds structs of ports and constants to the inputs of a node, by name.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "boost/mp11/algorithm.hpp"
#include "client/cpp/binding.h"
#include "client/cpp/port_match.h"
#include "client/cpp/port_struct.h"
#include "graph/graph.h"

namespace orrery::client::internal {

template <class End>
NamedBinding BindEnd(std::string_view name, const End& end) {
  if constexpr (requires { end.is_mapped(); }) {
    return {std::string(name), end.binding(), end.is_mapped()};
  } else if constexpr (requires { end.bound(); }) {
    return {std::string(name), end.bound()};
  } else {
    return {std::string(name), end.binding()};
  }
}

// Returns the bindings of `inputs` in the order of `Wanted`, which has all their ports.
template <class Wanted, template <class> class End, class Inputs>
std::vector<NamedBinding> BindInputs(const Inputs& inputs) {
  std::vector<NamedBinding> bindings;
  if constexpr (IsOnlyInput<Inputs, Wanted, End>()) {
    bindings.push_back(BindEnd(graph::kValuePort, End<ValueOf<Wanted>>(inputs)));
  } else if constexpr (NamedPorts<Inputs> && NamedPorts<Wanted>) {
    boost::mp11::mp_for_each<MembersOf<Wanted>>([&](auto wanted) {
      using Member = decltype(wanted);
      if constexpr (HasPort<Inputs>(Member::kName)) {
        const auto& given = Namesake<Inputs, Member>::Get(inputs);
        bindings.push_back(BindEnd(Member::kName, End<ValueOf<typename Member::End>>(given)));
      }
    });
  } else {
    VisitPorts(inputs, [&bindings](std::string_view name, const auto& end) {
      bindings.push_back(BindEnd(name, end));
    });
  }
  return bindings;
}

// Returns the bindings of a task's inputs: the members of its struct, described or visited.
template <class Task>
std::vector<NamedBinding> BindTask(const Task& task) {
  std::vector<NamedBinding> bindings;
  const auto bind = [&bindings](std::string_view name, const auto& input) {
    bindings.push_back(BindEnd(name, input));
  };
  if constexpr (requires { task.VisitInputs(bind); }) {
    task.VisitInputs(bind);
  } else {
    VisitPorts(task, bind);
  }
  return bindings;
}

template <class Ports>
std::vector<std::string> NamesOf() {
  std::vector<std::string> names;
  boost::mp11::mp_for_each<MembersOf<Ports>>(
      [&names](auto member) { names.emplace_back(decltype(member)::kName); });
  return names;
}

}  // namespace orrery::client::internal
