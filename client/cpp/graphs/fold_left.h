// A graph that accumulates over a list from its start: step(...step(step(initial, values[0]),
// values[1])...). An empty list gives `initial`.
//
//   ASSIGN_OR_RETURN(const auto fold, (graphs::DefineFoldLeft<std::int64_t, std::int64_t>()));
//   const auto sum = g.Eval(fold, {.initial = 0, .values = list, .step = add});
//
// The steps run one after the other. Each step gets the rest of the list, so a long list of large
// values moves much data: map over the list and fold the results.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/port.h"
#include "client/cpp/typed_graph.h"

namespace orrery::client::graphs {

// The inputs of a step: the result of the values before, and the next value.
template <template <class> class P, class Accumulator, class T>
struct FoldStepInputs {
  P<Accumulator> accumulator;
  P<T> value;
  BOOST_DESCRIBE_CLASS(FoldStepInputs, (), (accumulator, value), (), ())
};

template <class Accumulator, class T>
using FoldStep = TypedGraph<FoldStepInputs<Port, Accumulator, T>, Port<Accumulator>>;

template <template <class> class P, class Accumulator, class T>
struct FoldLeftInputs {
  P<Accumulator> initial;
  P<std::vector<T>> values;
  P<FoldStep<Accumulator, T>> step;
  BOOST_DESCRIBE_CLASS(FoldLeftInputs, (), (initial, values, step), (), ())
};

template <class Accumulator, class T>
using FoldLeft = TypedGraph<FoldLeftInputs<Port, Accumulator, T>, Port<Accumulator>>;

namespace internal {

template <template <class> class P, class Accumulator, class T>
struct FoldLeftState {
  P<Accumulator> accumulator;
  P<std::vector<T>> values;
  P<FoldStep<Accumulator, T>> step;
  BOOST_DESCRIBE_CLASS(FoldLeftState, (), (accumulator, values, step), (), ())
};

template <template <class> class P, class Accumulator, class T>
struct FoldLeftNext {
  P<Accumulator> accumulator;
  P<std::vector<T>> values;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(FoldLeftNext, (), (accumulator, values, should_continue), (), ())
};

template <class T>
Port<bool> IsNotEmpty(GraphBuilder& g, const Port<std::vector<T>>& list) {
  return g.Add(builtins::IGt{.a = g.Add(builtins::Len{.v = list}), .b = 0});
}

template <class Accumulator, class T>
using FoldLeftBody =
    TypedGraph<FoldLeftState<Port, Accumulator, T>, FoldLeftNext<Port, Accumulator, T>>;

// Runs the step on the first value. Requires: the list is not empty.
template <class Accumulator, class T>
absl::StatusOr<FoldLeftBody<Accumulator, T>> DefineFoldLeftBody() {
  return FoldLeftBody<Accumulator, T>::Define(
      "fold left, one value",
      [](GraphBuilder& g, const FoldLeftState<Port, Accumulator, T>& state) {
        const builtins::Headed<T> headed = g.Add(builtins::Head<T>{.v = state.values});
        return FoldLeftNext<Port, Accumulator, T>{
            .accumulator =
                g.Eval(state.step, {.accumulator = state.accumulator, .value = headed.head}),
            .values = headed.rest,
            .should_continue = IsNotEmpty(g, headed.rest)};
      });
}

}  // namespace internal

template <class Accumulator, class T>
absl::StatusOr<FoldLeft<Accumulator, T>> DefineFoldLeft() {
  ASSIGN_OR_RETURN(const auto body, (internal::DefineFoldLeftBody<Accumulator, T>()));
  return FoldLeft<Accumulator, T>::Define(
      "fold left", [&body](GraphBuilder& g, const FoldLeftInputs<Port, Accumulator, T>& in) {
        const Port<bool> has_values = internal::IsNotEmpty(g, in.values);
        const auto end =
            g.Loop(body, {.accumulator = in.initial, .values = in.values, .step = in.step});
        return g.IfElse(has_values, end.accumulator, in.initial);
      });
}

}  // namespace orrery::client::graphs
