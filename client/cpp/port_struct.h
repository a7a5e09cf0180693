// Structs of ports: the outputs of a node with several outputs, and the inputs and outputs of a
// typed graph. The names of the members are the names of the ports:
//
//   struct Quotient {
//     Port<std::int64_t> quotient;
//     Port<std::int64_t> remainder;
//   };
//   BOOST_DESCRIBE_STRUCT(Quotient, (), (quotient, remainder))
//
// If a port's name is not a C++ name, the struct has `Bind` and `VisitPorts` instead, as stubs do.
// A single Port<T> is accepted like such a struct, as the port "value". client/cpp/port_family.h
// has structs whose members can be ports or inputs.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "boost/describe/class.hpp"
#include "boost/describe/members.hpp"
#include "boost/mp11/algorithm.hpp"
#include "boost/mp11/list.hpp"
#include "client/cpp/port.h"
#include "graph/graph.h"
#include "graph/native/type_of.h"

namespace orrery::client {

// The inputs of a graph without inputs.
struct NoPorts {};
BOOST_DESCRIBE_STRUCT(NoPorts, (), ())

namespace internal {

// The value type of a member of type Port<T>, In<T>, ...
template <class End>
struct EndTraits {
  static constexpr bool kIsEnd = false;
};
template <template <class> class End, class T>
requires(std::is_same_v<End<T>, Port<T>> || std::is_same_v<End<T>, In<T>> ||
         std::is_same_v<End<T>, OptionalIn<T>> ||
         std::is_same_v<End<T>, EachIn<T>>) struct EndTraits<End<T>> {
  static constexpr bool kIsEnd = true;
  using Value = T;
};

template <class End>
using ValueOf = typename EndTraits<End>::Value;

// One port of a struct, at compile time. `Ports` is the struct, `Field` describes the member.
template <class Ports, class Field>
struct PortMember {
  using End = std::remove_cvref_t<decltype(std::declval<Ports&>().*Field::pointer)>;
  static constexpr std::string_view kName = Field::name;
  static const End& Get(const Ports& ports) { return ports.*Field::pointer; }
};

// A single port as the only member.
template <class Single>
struct OnlyMember {
  using End = Single;
  static constexpr std::string_view kName = graph::kValuePort;
  static const End& Get(const Single& port) { return port; }
};

template <class Ports>
consteval auto FindMembers() {
  if constexpr (EndTraits<Ports>::kIsEnd) {
    return boost::mp11::mp_list<OnlyMember<Ports>>();
  } else if constexpr (boost::describe::has_describe_members<Ports>::value) {
    using Fields = boost::mp11::mp_rename<graph::DescribedFields<Ports>, boost::mp11::mp_list>;
    return boost::mp11::mp_transform_q<boost::mp11::mp_bind_front<PortMember, Ports>, Fields>();
  }
}

// An mp_list of the members; void if the names are known at run time only.
template <class Ports>
using MembersOf = decltype(FindMembers<Ports>());

template <class Ports>
concept NamedPorts = !std::is_void_v<MembersOf<Ports>>;

template <class Ports, class Binder, class... Members>
Ports BindMembers(Binder& binder, boost::mp11::mp_list<Members...>) {
  return Ports{binder.template Port<ValueOf<typename Members::End>>(Members::kName)...};
}

}  // namespace internal

// Makes each port, in order, with `binder.template Port<T>(name)`.
template <class Ports, class Binder>
Ports BindPorts(Binder&& binder) {
  if constexpr (internal::NamedPorts<Ports>) {
    return internal::BindMembers<Ports>(binder, internal::MembersOf<Ports>());
  } else {
    return Ports::Bind(binder);
  }
}

// Calls `visit(name, end)` for each port.
template <class Ports, class Visitor>
void VisitPorts(const Ports& ports, Visitor&& visit) {
  if constexpr (internal::NamedPorts<Ports>) {
    boost::mp11::mp_for_each<internal::MembersOf<Ports>>(
        [&](auto member) { visit(decltype(member)::kName, decltype(member)::Get(ports)); });
  } else {
    ports.VisitPorts(visit);
  }
}

}  // namespace orrery::client
