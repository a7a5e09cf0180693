// The parameters and the result of a callable.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker_sdk/cpp/port_mapping.h"
#include "worker_sdk/cpp/task_context.h"

namespace orrery::internal {

template <class... Ts>
struct TypeList {
  static constexpr std::size_t kSize = sizeof...(Ts);
};

template <class ReturnType, class... Parameters>
struct Signature {
  using Return = ReturnType;
  using Inputs = TypeList<Parameters...>;
  static constexpr bool kTakesContext = false;
};
template <class ReturnType, class... Parameters>
struct Signature<ReturnType, TaskContext&, Parameters...> {
  using Return = ReturnType;
  using Inputs = TypeList<Parameters...>;
  static constexpr bool kTakesContext = true;
};
template <class ReturnType, class... Parameters>
struct Signature<ReturnType, const TaskContext&, Parameters...>
    : Signature<ReturnType, TaskContext&, Parameters...> {};

// Function pointers, and objects with one call operator: lambdas, std::function.
template <class Function>
struct SignatureOf : SignatureOf<decltype(&Function::operator())> {};
template <class R, class... Ps>
struct SignatureOf<R (*)(Ps...)> : Signature<R, Ps...> {};
template <class R, class... Ps>
struct SignatureOf<R (*)(Ps...) noexcept> : Signature<R, Ps...> {};
template <class R, class Class, class... Ps>
struct SignatureOf<R (Class::*)(Ps...) const> : Signature<R, Ps...> {};
template <class R, class Class, class... Ps>
struct SignatureOf<R (Class::*)(Ps...) const noexcept> : Signature<R, Ps...> {};

// The type that holds a parameter's value until the call.
template <class Parameter>
using StoredOf =
    std::conditional_t<std::is_same_v<std::remove_cvref_t<Parameter>, std::string_view>,
                       std::string, std::remove_cvref_t<Parameter>>;

// The result type of a function, without StatusOr.
template <class R>
struct ReturnTraits {
  using Value = R;
  static constexpr bool kMayFail = false;
};
template <>
struct ReturnTraits<absl::Status> {
  using Value = void;
  static constexpr bool kMayFail = true;
};
template <class T>
struct ReturnTraits<absl::StatusOr<T>> {
  using Value = T;
  static constexpr bool kMayFail = true;
};

// The ports of a result: one port, or one for each field.
template <class T>
struct PortTraits {
  using Value = T;
  static constexpr bool kIsMapping = kIsPortMapping<T>;
  static Value&& Unwrap(T&& value) { return std::forward<T>(value); }
};
template <class T>
struct PortTraits<Ports<T>> {
  using Value = T;
  static constexpr bool kIsMapping = true;
  static Value&& Unwrap(Ports<T>&& value) { return std::move(value.ports); }
};

}  // namespace orrery::internal
