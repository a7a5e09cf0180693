// Structs of ports that are also structs of inputs: templates over the kind of end.
//
//   template <template <class> class P>
//   struct Line {
//     P<double> slope;
//     P<double> intercept;
//     BOOST_DESCRIBE_CLASS(Line, (), (slope, intercept), (), ())
//   };
//
// Line<Port> has the input ports of a graph. Line<In> takes ports and constants for them, and
// Line<EachIn>, the inputs of a map, also elements. Line<EachPort> has the outputs of a map.
// Further parameters may follow P.
#pragma once

#include "client/cpp/each.h"
#include "client/cpp/port.h"

namespace orrery::client {

template <class T>
using EachPort = Port<Each<T>>;

namespace internal {

// Leaves a struct that is not a template unchanged.
template <class Ports, template <class> class End>
struct Rebind {
  using Type = Ports;
  static constexpr bool kIsFamily = false;
};

template <class T, template <class> class End>
struct Rebind<Port<T>, End> {
  using Type = End<T>;
  static constexpr bool kIsFamily = true;
};

template <template <template <class> class, class...> class Family, template <class> class Old,
          class... Ts, template <class> class End>
struct Rebind<Family<Old, Ts...>, End> {
  using Type = Family<End, Ts...>;
  static constexpr bool kIsFamily = true;
};

}  // namespace internal

// Replaces the kind of end: Rebound<Line<Port>, In> is Line<In>, Rebound<Port<T>, In> is In<T>.
template <class Ports, template <class> class End>
using Rebound = typename internal::Rebind<Ports, End>::Type;

template <class Ports>
concept PortFamily = internal::Rebind<Ports, Port>::kIsFamily;

}  // namespace orrery::client
