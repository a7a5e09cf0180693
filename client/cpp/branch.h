// Finds the type of an if-else whose branches are ports or constants.
#pragma once

#include <type_traits>

#include "client/cpp/assignable.h"
#include "client/cpp/constant.h"
#include "client/cpp/port.h"

namespace orrery::client {
namespace internal {

template <class T>
struct BranchTraits {
  using Value = ConstantType<T>;
};
template <class T>
struct BranchTraits<Port<T>> {
  using Value = T;
};

template <class T>
using BranchValue = typename BranchTraits<T>::Value;

}  // namespace internal

// The values of one branch fit the type of the other.
template <class IfFalse, class IfTrue>
concept BranchLike = AssignableTo<internal::BranchValue<IfTrue>, internal::BranchValue<IfFalse>> ||
    AssignableTo<internal::BranchValue<IfFalse>, internal::BranchValue<IfTrue>>;

// The type that both branches fit.
template <class IfTrue, BranchLike<IfTrue> IfFalse>
using BranchType =
    std::conditional_t<AssignableTo<internal::BranchValue<IfTrue>, internal::BranchValue<IfFalse>>,
                       internal::BranchValue<IfFalse>, internal::BranchValue<IfTrue>>;

}  // namespace orrery::client
