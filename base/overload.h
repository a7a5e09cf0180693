// A set of lambdas as one callable, for std::visit.
#pragma once

namespace orrery {

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

}  // namespace orrery
