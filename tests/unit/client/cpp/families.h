// Port structs and graphs for the tests of the graph builder.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/typed_graph.h"

namespace orrery::client::demo {

using Int = std::int64_t;

template <template <class> class P>
struct Line {
  P<Int> x;
  P<Int> intercept;
  BOOST_DESCRIBE_CLASS(Line, (), (x, intercept), (), ())
};

template <template <class> class P>
struct OnlyX {
  P<Int> x;
  BOOST_DESCRIBE_CLASS(OnlyX, (), (x), (), ())
};

template <template <class> class P>
struct SumAndProduct {
  P<Int> sum;
  P<Int> product;
  BOOST_DESCRIBE_CLASS(SumAndProduct, (), (sum, product), (), ())
};

template <template <class> class P>
struct Countdown {
  P<Int> count;
  P<Int> step;
  BOOST_DESCRIBE_CLASS(Countdown, (), (count, step), (), ())
};

template <template <class> class P>
struct Counted {
  P<Int> count;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(Counted, (), (count, should_continue), (), ())
};

using Sum = TypedGraph<Line<Port>, Port<Int>>;
inline absl::StatusOr<Sum> DefineSum() {
  return Sum::Define("sum", [](GraphBuilder& g, const Line<Port>& in) {
    return g.Add(builtins::IAdd{.a = in.x, .b = in.intercept});
  });
}

using Both = TypedGraph<Line<Port>, SumAndProduct<Port>>;
inline absl::StatusOr<Both> DefineBoth() {
  return Both::Define("both", [](GraphBuilder& g, const Line<Port>& in) {
    return SumAndProduct<Port>{.sum = g.Add(builtins::IAdd{.a = in.x, .b = in.intercept}),
                               .product = g.Add(builtins::ITimes{.a = in.x, .b = in.intercept})};
  });
}

using Count = TypedGraph<Countdown<Port>, Counted<Port>>;
inline absl::StatusOr<Count> DefineCount() {
  return Count::Define("count", [](GraphBuilder& g, const Countdown<Port>& in) {
    const auto count = g.Add(builtins::ISubtract{.a = in.count, .b = in.step});
    return Counted<Port>{.count = count,
                         .should_continue = g.Add(builtins::IGt{.a = count, .b = 0})};
  });
}

}  // namespace orrery::client::demo
