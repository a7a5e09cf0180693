// Decides at compile time if structs of ports fit together, by the names and types of their
// members.
//
// A struct without described members has names at run time only, and fits only itself.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "boost/mp11/algorithm.hpp"
#include "boost/mp11/list.hpp"
#include "client/cpp/port.h"
#include "client/cpp/port_struct.h"

namespace orrery::client {

// The output of a loop's body that decides if another iteration runs.
inline constexpr std::string_view kContinuePort = "should_continue";

namespace internal {

template <class... Members>
consteval std::size_t FindName([[maybe_unused]] std::string_view name,
                               boost::mp11::mp_list<Members...>) {
  std::size_t index = 0;
  (void)((Members::kName == name || (++index, false)) || ...);
  return index;
}

template <class Ports>
consteval bool HasPort(std::string_view name) {
  return FindName(name, MembersOf<Ports>()) < boost::mp11::mp_size<MembersOf<Ports>>::value;
}

// The member of Ports with the name of Like. Requires: it exists.
template <class Ports, class Like>
using Namesake = boost::mp11::mp_at_c<MembersOf<Ports>, FindName(Like::kName, MembersOf<Ports>())>;

// A member converts to an End of the wanted type.
template <template <class> class End>
struct IsGivenAs {
  template <class Mine, class Wanted>
  static constexpr bool kHolds =
      std::convertible_to<const typename Mine::End&, End<ValueOf<typename Wanted::End>>>;
};

// Values of Mine fit the type of Theirs.
struct FlowsInto {
  template <class Mine, class Theirs>
  static constexpr bool kHolds =
      AssignableTo<ValueOf<typename Mine::End>, ValueOf<typename Theirs::End>>;
};

template <class Relation, class Others, class Mine>
consteval bool HoldsForNamesake(bool without_namesake) {
  if constexpr (HasPort<Others>(Mine::kName)) {
    return Relation::template kHolds<Mine, Namesake<Others, Mine>>;
  } else {
    return without_namesake;
  }
}

// True if Relation holds between each member and its namesake in Others; a member without a
// namesake counts as `without_namesake`.
template <class Relation, class Others, class... Mine>
consteval bool HoldsForAll(boost::mp11::mp_list<Mine...>, [[maybe_unused]] bool without_namesake) {
  return (HoldsForNamesake<Relation, Others, Mine>(without_namesake) && ...);
}

// True if all members of `Inputs` are ports of `Wanted` and fit their types.
template <class Inputs, class Wanted, template <class> class End>
consteval bool AreSomeInputs() {
  return HoldsForAll<IsGivenAs<End>, Wanted>(MembersOf<Inputs>(), /*without_namesake=*/false);
}

template <class Inputs, class Wanted, template <class> class End>
consteval bool IsOnlyInput() {
  if constexpr (EndTraits<Wanted>::kIsEnd) {
    return std::convertible_to<const Inputs&, End<ValueOf<Wanted>>>;
  } else {
    return false;
  }
}

template <class Inputs, class Wanted, template <class> class End>
consteval bool AreInputs() {
  if constexpr (IsOnlyInput<Inputs, Wanted, End>()) {
    return true;
  } else if constexpr (NamedPorts<Inputs> && NamedPorts<Wanted>) {
    using boost::mp11::mp_size;
    return mp_size<MembersOf<Inputs>>::value == mp_size<MembersOf<Wanted>>::value &&
           AreSomeInputs<Inputs, Wanted, End>();
  } else {
    return std::same_as<Inputs, Wanted>;
  }
}

// True if the wanted port is either given or remaining. Build checks an OptionalIn.
template <class Inputs, class Remaining, class Wanted>
consteval bool IsGivenOrRemains() {
  if constexpr (!HasPort<Inputs>(Wanted::kName)) {
    return HasPort<Remaining>(Wanted::kName);
  } else if constexpr (std::same_as<typename Namesake<Inputs, Wanted>::End,
                                    OptionalIn<ValueOf<typename Wanted::End>>>) {
    return true;
  } else {
    return !HasPort<Remaining>(Wanted::kName);
  }
}

template <class Inputs, class Remaining, class... Wanted>
consteval bool IsSplit(boost::mp11::mp_list<Wanted...>) {
  return (IsGivenOrRemains<Inputs, Remaining, Wanted>() && ...);
}

template <class Inputs, class Remaining, class Wanted>
consteval bool IsPartial() {
  if constexpr (NamedPorts<Inputs> && NamedPorts<Remaining> && NamedPorts<Wanted>) {
    return AreSomeInputs<Inputs, Wanted, In>() &&
           HoldsForAll<FlowsInto, Wanted>(MembersOf<Remaining>(), /*without_namesake=*/false) &&
           IsSplit<Inputs, Remaining>(MembersOf<Wanted>());
  } else {
    return false;
  }
}

struct ContinueMember {
  static constexpr std::string_view kName = kContinuePort;
};

template <class Outputs>
consteval bool HasContinuePort() {
  if constexpr (HasPort<Outputs>(kContinuePort)) {
    return AssignableTo<ValueOf<typename Namesake<Outputs, ContinueMember>::End>, bool>;
  } else {
    return false;
  }
}

template <class Inputs, class Outputs>
consteval bool IsLoopBody() {
  if constexpr (NamedPorts<Inputs> && NamedPorts<Outputs>) {
    return HasContinuePort<Outputs>() &&
           HoldsForAll<FlowsInto, Inputs>(MembersOf<Outputs>(), /*without_namesake=*/true);
  } else {
    return false;
  }
}

}  // namespace internal

// `Inputs` has exactly the ports of `Wanted`, and each converts to an End of its type.
template <class Inputs, class Wanted, template <class> class End>
concept InputsFor = internal::AreInputs<Inputs, Wanted, End>();

// `Inputs` has some ports of `Wanted`, and `Remaining` the others.
template <class Inputs, class Remaining, class Wanted>
concept PartialInputsFor = internal::IsPartial<Inputs, Remaining, Wanted>();

// A graph from `Inputs` to `Outputs` can be the body of a loop: it has the continue port, and
// outputs with the name of an input fit that input.
template <class Inputs, class Outputs>
concept LoopPorts = internal::IsLoopBody<Inputs, Outputs>();

}  // namespace orrery::client
