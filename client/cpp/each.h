// What a mapped port carries: not one value of T but one per element.
//
//   Port<Each<double>>   the port `*` of unfold_values, or `x-*` of a map
//
// It fits only where elements are wanted: a mapped input of a map, or fold_values. There are no
// values of this type.
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
