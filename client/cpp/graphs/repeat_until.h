// A graph that repeats an attempt until a predicate accepts its result, up to a maximum. Each
// attempt gets the result of the previous one.
//
//   ASSIGN_OR_RETURN(const auto repeat_until, graphs::DefineRepeatUntil<double>());
//   const auto end = g.Eval(repeat_until, {.value = guess, .attempt = refine,
//                                          .is_success = is_close, .tries_max = 100});
//   end.value, end.succeeded, end.tries
//
// Runs at least one attempt, also if `tries_max` is 0 or negative.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/port.h"
#include "client/cpp/typed_graph.h"

namespace orrery::client::graphs {

template <template <class> class P, class T>
struct RepeatUntilInputs {
  P<T> value;
  P<TypedGraph<Port<T>, Port<T>>> attempt;
  P<TypedGraph<Port<T>, Port<bool>>> is_success;
  P<std::int64_t> tries_max;
  BOOST_DESCRIBE_CLASS(RepeatUntilInputs, (), (value, attempt, is_success, tries_max), (), ())
};

template <template <class> class P, class T>
struct RepeatUntilOutputs {
  // The result of the last attempt.
  P<T> value;
  P<bool> succeeded;
  P<std::int64_t> tries;
  BOOST_DESCRIBE_CLASS(RepeatUntilOutputs, (), (value, succeeded, tries), (), ())
};

template <class T>
using RepeatUntil = TypedGraph<RepeatUntilInputs<Port, T>, RepeatUntilOutputs<Port, T>>;

namespace internal {

template <template <class> class P, class T>
struct RepeatUntilState {
  P<T> value;
  P<std::int64_t> tries;
  P<TypedGraph<Port<T>, Port<T>>> attempt;
  P<TypedGraph<Port<T>, Port<bool>>> is_success;
  P<std::int64_t> tries_max;
  BOOST_DESCRIBE_CLASS(RepeatUntilState, (), (value, tries, attempt, is_success, tries_max), (), ())
};

template <template <class> class P, class T>
struct RepeatUntilNext {
  P<T> value;
  P<std::int64_t> tries;
  P<bool> succeeded;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(RepeatUntilNext, (), (value, tries, succeeded, should_continue), (), ())
};

template <class T>
using RepeatUntilBody = TypedGraph<RepeatUntilState<Port, T>, RepeatUntilNext<Port, T>>;

template <class T>
absl::StatusOr<RepeatUntilBody<T>> DefineRepeatUntilBody() {
  return RepeatUntilBody<T>::Define(
      "repeat until, one try", [](GraphBuilder& g, const RepeatUntilState<Port, T>& state) {
        const auto value = g.Eval(state.attempt, state.value);
        const auto succeeded = g.Eval(state.is_success, value);
        const auto tries = g.Add(builtins::IAdd{.a = state.tries, .b = 1});
        const auto may_try = g.Add(builtins::IGt{.a = state.tries_max, .b = tries});
        const auto has_failed = g.Add(builtins::Neg{.a = succeeded});
        return RepeatUntilNext<Port, T>{
            .value = value,
            .tries = tries,
            .succeeded = succeeded,
            .should_continue = g.Add(builtins::And{.a = has_failed, .b = may_try})};
      });
}

}  // namespace internal

template <class T>
absl::StatusOr<RepeatUntil<T>> DefineRepeatUntil() {
  ASSIGN_OR_RETURN(const auto body, internal::DefineRepeatUntilBody<T>());
  return RepeatUntil<T>::Define(
      "repeat until", [&body](GraphBuilder& g, const RepeatUntilInputs<Port, T>& in) {
        const auto end = g.Loop(body, {.value = in.value,
                                       .tries = 0,
                                       .attempt = in.attempt,
                                       .is_success = in.is_success,
                                       .tries_max = in.tries_max});
        return RepeatUntilOutputs<Port, T>{
            .value = end.value, .succeeded = end.succeeded, .tries = end.tries};
      });
}

}  // namespace orrery::client::graphs
