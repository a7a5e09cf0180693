// Which structs of ports fit together, by the names and types of their members, at compile time.
//
// Structs without described members have names only at run time; such a struct fits itself alone.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "boost/mp11/algorithm.hpp"
#include "boost/mp11/list.hpp"
#include "client/cpp/port.h"
#include "client/cpp/port_struct.h"

namespace orrery::client {

// The output of a loop's body that decides whether it runs again.
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

// The member of Ports that has the name of Like. Requires that there is one.
template <class Ports, class Like>
using Namesake = boost::mp11::mp_at_c<MembersOf<Ports>, FindName(Like::kName, MembersOf<Ports>())>;

// What is given for a port may become an End of its type.
template <template <class> class End>
struct IsGivenAs {
  template <class Mine, class Wanted>
  static constexpr bool kHolds =
      std::convertible_to<const typename Mine::End&, End<ValueOf<typename Wanted::End>>>;
};

// Values of mine may be given for theirs.
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

// Between each member and that of its name in Others; `without_namesake` if there is none.
template <class Relation, class Others, class... Mine>
consteval bool HoldsForAll(boost::mp11::mp_list<Mine...>, [[maybe_unused]] bool without_namesake) {
  return (HoldsForNamesake<Relation, Others, Mine>(without_namesake) && ...);
}

// Whether `Inputs` names nothing but ports of `Wanted`, each with what its type takes.
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

// The wanted port is given or remains, not both. One that may be given or not is left to Build.
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

// `Inputs` has exactly the ports of `Wanted`, each with something that becomes an End of its type.
template <class Inputs, class Wanted, template <class> class End>
concept InputsFor = internal::AreInputs<Inputs, Wanted, End>();

// `Inputs` has some ports of `Wanted`, and `Remaining` the others.
template <class Inputs, class Remaining, class Wanted>
concept PartialInputsFor = internal::IsPartial<Inputs, Remaining, Wanted>();

// A graph from `Inputs` to `Outputs` can be repeated: it says whether to continue, and each output
// that has the name of an input may be that input the next time.
template <class Inputs, class Outputs>
concept LoopPorts = internal::IsLoopBody<Inputs, Outputs>();

}  // namespace orrery::client
