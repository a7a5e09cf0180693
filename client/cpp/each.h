// The type of ports that carry elements: one value of T for each element of a list.
//
//   Port<Each<double>>   the port `*` of unfold_values, or `x-*` of a map
//
// Such a port fits inputs for elements only: inputs of a map, and of fold_values. The type has no
// values.
#pragma once

#include <string_view>

namespace orrery::client {

inline constexpr std::string_view kElementsPort = "*";

template <class T>
struct Each {
  Each() = delete;
};

namespace internal {

template <class T>
struct EachTraits {
  static constexpr bool kIsEach = false;
};

template <class T>
struct EachTraits<Each<T>> {
  static constexpr bool kIsEach = true;
  using Element = T;
};

}  // namespace internal

template <class T>
inline constexpr bool kIsEach = internal::EachTraits<T>::kIsEach;

template <class T>
concept SingleValue = !kIsEach<T>;

}  // namespace orrery::client
