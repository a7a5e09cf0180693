// A graph that applies a step a given number of times: step(...step(step(value))...). If `times` is
// 0 or negative, the result is `value`.
//
//   ASSIGN_OR_RETURN(const auto repeat, graphs::DefineRepeat<double>());
//   const auto y = g.Eval(repeat, {.value = 100.0, .times = 30, .step = add_interest});
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

template <class T>
using Step = TypedGraph<Port<T>, Port<T>>;

template <template <class> class P, class T>
struct RepeatInputs {
  P<T> value;
  P<std::int64_t> times;
  P<Step<T>> step;
  BOOST_DESCRIBE_CLASS(RepeatInputs, (), (value, times, step), (), ())
};

template <class T>
using Repeat = TypedGraph<RepeatInputs<Port, T>, Port<T>>;

namespace internal {

template <template <class> class P, class T>
struct RepeatNext {
  P<T> value;
  P<std::int64_t> times;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(RepeatNext, (), (value, times, should_continue), (), ())
};

// One step; decrements `times`.
template <class T>
using RepeatBody = TypedGraph<RepeatInputs<Port, T>, RepeatNext<Port, T>>;

template <class T>
absl::StatusOr<RepeatBody<T>> DefineRepeatBody() {
  return RepeatBody<T>::Define(
      "repeat, one step", [](GraphBuilder& g, const RepeatInputs<Port, T>& in) {
        const auto value = g.Eval(in.step, in.value);
        const auto times = g.Add(builtins::ISubtract{.a = in.times, .b = 1});
        return RepeatNext<Port, T>{.value = value,
                                   .times = times,
                                   .should_continue = g.Add(builtins::IGt{.a = times, .b = 0})};
      });
}

}  // namespace internal

template <class T>
absl::StatusOr<Repeat<T>> DefineRepeat() {
  ASSIGN_OR_RETURN(const auto body, internal::DefineRepeatBody<T>());
  return Repeat<T>::Define("repeat", [&body](GraphBuilder& g, const RepeatInputs<Port, T>& in) {
    const auto is_any = g.Add(builtins::IGt{.a = in.times, .b = 0});
    return g.IfElse(is_any, g.Loop(body, in).value, in.value);
  });
}

}  // namespace orrery::client::graphs
