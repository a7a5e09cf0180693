// The graphs that Tierkreis wrote, built again: the same nodes in the same order, wired alike.
#include <complex>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/typed_graph.h"
#include "graph/graph_data.h"
#include "gtest/gtest.h"
#include "tests/unit/client/cpp/graph_lines.h"

namespace orrery::client {
namespace {

using graph::Graph;
using Int = std::int64_t;
using Ints = std::vector<Int>;

template <template <class> class P>
struct Pair {
  P<Int> a;
  P<Int> b;
  BOOST_DESCRIBE_CLASS(Pair, (), (a, b), (), ())
};

template <template <class> class P>
struct DoublerInputs {
  P<Int> doubler_input;
  P<Int> intercept;
  BOOST_DESCRIBE_CLASS(DoublerInputs, (), (doubler_input, intercept), (), ())
};

template <template <class> class P>
struct DoublerOutput {
  P<Int> doubler_output;
  BOOST_DESCRIBE_CLASS(DoublerOutput, (), (doubler_output), (), ())
};

template <template <class> class P>
struct Line {
  P<Int> x;
  P<Int> intercept;
  BOOST_DESCRIBE_CLASS(Line, (), (x, intercept), (), ())
};

template <template <class> class P>
struct LoopAcc {
  P<Int> loop_acc;
  BOOST_DESCRIBE_CLASS(LoopAcc, (), (loop_acc), (), ())
};

template <template <class> class P>
struct LoopAccNext {
  P<Int> loop_acc;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(LoopAccNext, (), (loop_acc, should_continue), (), ())
};

template <template <class> class P>
struct Accs {
  P<Int> acc1;
  P<Int> acc2;
  P<Int> acc3;
  BOOST_DESCRIBE_CLASS(Accs, (), (acc1, acc2, acc3), (), ())
};

template <template <class> class P>
struct AccsNext {
  P<Int> acc1;
  P<Int> acc2;
  P<Int> acc3;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(AccsNext, (), (acc1, acc2, acc3, should_continue), (), ())
};

template <template <class> class P>
struct Scope {
  P<Int> current;
  P<Int> end;
  BOOST_DESCRIBE_CLASS(Scope, (), (current, end), (), ())
};

template <template <class> class P>
struct ScopeNext {
  P<Int> current;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(ScopeNext, (), (current, should_continue), (), ())
};

template <template <class> class P>
struct LineAndX {
  P<Int> a;
  P<Int> value;
  BOOST_DESCRIBE_CLASS(LineAndX, (), (a, value), (), ())
};

Ints ZeroToTwenty() {
  Ints numbers(21);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

Port<Int> DoubledPlus(GraphBuilder& g, const Port<Int>& x, const Port<Int>& intercept) {
  return g.Add(builtins::IAdd{.a = g.Add(builtins::ITimes{.a = x, .b = 2}), .b = intercept});
}

using Doubler = TypedGraph<DoublerInputs<Port>, DoublerOutput<Port>>;
absl::StatusOr<Doubler> DefineDoubler() {
  return Doubler::Define("doubler", [](GraphBuilder& g, const DoublerInputs<Port>& in) {
    return DoublerOutput<Port>{DoubledPlus(g, in.doubler_input, in.intercept)};
  });
}

using LineGraph = TypedGraph<Line<Port>, Port<Int>>;
absl::StatusOr<LineGraph> DefineLine() {
  return LineGraph::Define("line", [](GraphBuilder& g, const Line<Port>& in) {
    return DoubledPlus(g, in.x, in.intercept);
  });
}

absl::StatusOr<Graph> Factorial() {
  using Body = TypedGraph<Port<Int>, Port<Int>>;
  ASSIGN_OR_RETURN(const Body body,
                   Body::Define("factorial", [](GraphBuilder& g, Port<Int> n, Port<Body> self) {
                     const auto pred = g.Add(builtins::IGt{.a = n, .b = 1});
                     const auto less = g.Add(builtins::IAdd{.a = -1, .b = n});
                     const auto rest = g.Eval(self, less);
                     return g.IfElse(pred, g.Add(builtins::ITimes{.a = n, .b = rest}), 1);
                   }));
  return body.graph();
}

absl::StatusOr<Graph> Gcd() {
  using Body = TypedGraph<Pair<Port>, Port<Int>>;
  ASSIGN_OR_RETURN(const Body body, Body::Define("gcd", [](GraphBuilder& g, const Pair<Port>& in,
                                                           const Port<Body>& self) {
                     const auto pred = g.Add(builtins::IGt{.a = in.b, .b = 0});
                     const auto rest = g.Add(builtins::Mod{.a = in.a, .b = in.b});
                     return g.IfElse(pred, g.Eval(self, {.a = in.b, .b = rest}), in.a);
                   }));
  return body.graph();
}

absl::StatusOr<Graph> SimpleEval() {
  ASSIGN_OR_RETURN(const Doubler doubler, DefineDoubler());
  GraphBuilder g("simple_eval");
  const auto zero = g.Const(0);
  const auto six = g.Const(6);
  g.Output("simple_eval_output",
           g.Eval(doubler, {.doubler_input = six, .intercept = zero}).doubler_output);
  return std::move(g).Build();
}

absl::StatusOr<Graph> TypedEval() {
  ASSIGN_OR_RETURN(const LineGraph line, DefineLine());
  GraphBuilder g("typed_eval");
  const auto six = g.Const(6);
  const auto zero = g.Const(0);
  g.Output("typed_eval_output", g.Eval(line, {.x = six, .intercept = zero}));
  return std::move(g).Build();
}

absl::StatusOr<Graph> SimpleLoop() {
  using Body = TypedGraph<LoopAcc<Port>, LoopAccNext<Port>>;
  ASSIGN_OR_RETURN(const Body body,
                   Body::Define("body", [](GraphBuilder& g, const LoopAcc<Port>& in) {
                     const auto one = g.Const(1);
                     const auto ten = g.Const(10);
                     const auto next = g.Add(builtins::IAdd{.a = in.loop_acc, .b = one});
                     return LoopAccNext<Port>{next, g.Add(builtins::IGt{.a = ten, .b = next})};
                   }));
  GraphBuilder g("simple_loop");
  const auto six = g.Const(6);
  g.Output("value", g.Loop(body, {.loop_acc = six}).loop_acc);
  return std::move(g).Build();
}

absl::StatusOr<Graph> TypedLoop() {
  using Body = TypedGraph<LoopAcc<Port>, LoopAccNext<Port>>;
  ASSIGN_OR_RETURN(const Body body,
                   Body::Define("body", [](GraphBuilder& g, const LoopAcc<Port>& in) {
                     const auto next = g.Add(builtins::IAdd{.a = in.loop_acc, .b = 1});
                     return LoopAccNext<Port>{next, g.Add(builtins::IGt{.a = 10, .b = next})};
                   }));
  GraphBuilder g("typed_loop");
  const auto six = g.Const(6);
  g.Output("value", g.Loop(body, {.loop_acc = six}).loop_acc);
  return std::move(g).Build();
}

absl::StatusOr<Graph> LoopMultipleAcc() {
  using Body = TypedGraph<Accs<Port>, AccsNext<Port>>;
  ASSIGN_OR_RETURN(const Body body, Body::Define("body", [](GraphBuilder& g, const Accs<Port>& in) {
                     const auto one = g.Const(1);
                     const auto two = g.Const(2);
                     const auto three = g.Const(3);
                     const auto should_continue = g.Add(builtins::IGt{.a = 5, .b = in.acc1});
                     return AccsNext<Port>{.acc1 = g.Add(builtins::IAdd{.a = in.acc1, .b = one}),
                                           .acc2 = g.Add(builtins::IAdd{.a = in.acc2, .b = two}),
                                           .acc3 = g.Add(builtins::IAdd{.a = in.acc3, .b = three}),
                                           .should_continue = should_continue};
                   }));
  GraphBuilder g("loop_multiple_acc");
  const Accs<In> start{.acc1 = g.Const(0), .acc2 = g.Const(0), .acc3 = g.Const(0)};
  const AccsNext<Port> end = g.Loop(body, start, "my_loop");
  g.Output("acc1", end.acc1);
  g.Output("acc2", end.acc2);
  g.Output("acc3", end.acc3);
  return std::move(g).Build();
}

absl::StatusOr<Graph> LoopScoping() {
  using Body = TypedGraph<Scope<Port>, ScopeNext<Port>>;
  ASSIGN_OR_RETURN(
      const Body body, Body::Define("body", [](GraphBuilder& g, const Scope<Port>& in) {
        const auto next = g.Add(builtins::IAdd{.a = in.current, .b = 1});
        return ScopeNext<Port>{
            .current = next,
            .should_continue = g.Add(builtins::Neq<Int>{.a = in.end, .b = in.current})};
      }));
  GraphBuilder g("loop_scoping");
  const Scope<In> start{.current = g.Const(0), .end = g.Const(10)};
  g.Output("result", g.Loop(body, start, "scoped_loop").current);
  return std::move(g).Build();
}

absl::StatusOr<Graph> SimpleMap() {
  ASSIGN_OR_RETURN(const Doubler doubler, DefineDoubler());
  GraphBuilder g("simple_map");
  const auto six = g.Const(6);
  const auto elements = g.Unfold(g.Const(ZeroToTwenty()));
  const auto mapped = g.Map(doubler, {.doubler_input = elements, .intercept = six});
  g.Output("value", g.Fold(mapped.doubler_output));
  return std::move(g).Build();
}

absl::StatusOr<Graph> MapsInSeries() {
  ASSIGN_OR_RETURN(const Doubler doubler, DefineDoubler());
  GraphBuilder g("maps_in_series");
  const auto zero = g.Const(0);
  const auto elements = g.Unfold(g.Const(ZeroToTwenty()));
  const auto body = g.Const(doubler);
  const auto once = g.Map(body, {.doubler_input = elements, .intercept = zero});
  const auto twice = g.Map(body, {.doubler_input = once.doubler_output, .intercept = zero});
  g.Output("value", g.Fold(twice.doubler_output));
  return std::move(g).Build();
}

absl::StatusOr<Graph> TypedMap() {
  ASSIGN_OR_RETURN(const LineGraph line, DefineLine());
  GraphBuilder g("typed_map");
  const auto elements = g.Unfold(g.Input<Ints>("value"));
  const auto six = g.Const(6);
  g.Output("value", g.Fold(g.Map(line, {.x = elements, .intercept = six})));
  return std::move(g).Build();
}

absl::StatusOr<Graph> TypedMapSimple() {
  using Body = TypedGraph<Port<Int>, Port<Int>>;
  ASSIGN_OR_RETURN(const Body body, Body::Define("double", [](GraphBuilder& g, Port<Int> x) {
                     return g.Add(builtins::ITimes{.a = 2, .b = x});
                   }));
  GraphBuilder g("typed_map_simple");
  const auto list = g.Input<Ints>("value");
  const auto doubler = g.Const(body);
  g.Output("value", g.Fold(g.Map(doubler, g.Unfold(list))));
  return std::move(g).Build();
}

absl::StatusOr<Graph> TypedDestructuring() {
  using Body = TypedGraph<Line<Port>, LineAndX<Port>>;
  ASSIGN_OR_RETURN(const Body body, Body::Define("line", [](GraphBuilder& g, const Line<Port>& in) {
                     return LineAndX<Port>{in.x, DoubledPlus(g, in.x, in.intercept)};
                   }));
  GraphBuilder g("typed_destructuring");
  const auto elements = g.Unfold(g.Input<Ints>("value"));
  const auto six = g.Const(6);
  g.Output("value", g.Fold(g.Map(body, {.x = elements, .intercept = six}).value));
  return std::move(g).Build();
}

absl::StatusOr<Graph> SimpleIfElse() {
  GraphBuilder g("ifelse");
  g.Output("value", g.IfElse(g.Input<bool>("pred"), 1, 2));
  return std::move(g).Build();
}

absl::StatusOr<Graph> SimpleEagerIfElse() {
  GraphBuilder g("eager ifelse");
  g.Output("value", g.EagerIfElse(g.Input<bool>("pred"), 1, 2));
  return std::move(g).Build();
}

using Conjugation = TypedGraph<Port<std::complex<double>>, Port<std::complex<double>>>;
absl::StatusOr<Conjugation> DefineConjugation() {
  return Conjugation::Define("conjugate", [](GraphBuilder& g, Port<std::complex<double>> z) {
    return g.Add(builtins::Conjugate{.z = z});
  });
}

absl::StatusOr<Graph> Conjugate() {
  ASSIGN_OR_RETURN(const Conjugation conjugation, DefineConjugation());
  return conjugation.graph();
}

absl::StatusOr<Graph> ConjugateList() {
  ASSIGN_OR_RETURN(const Conjugation conjugation, DefineConjugation());
  GraphBuilder g("conjugate list");
  const auto list = g.Input<std::vector<std::complex<double>>>("value");
  const auto body = g.Const(conjugation);
  g.Output("value", g.Fold(g.Map(body, g.Unfold(list))));
  return std::move(g).Build();
}

absl::StatusOr<Graph> TupleUntuple() {
  GraphBuilder g("tuple_untuple");
  const auto tuple = g.Add(builtins::Tuple<Int, Int>{.a = 1, .b = 2});
  const auto parts = g.Add(builtins::Untuple<Int, Int>{.value = tuple});
  g.Output("value", g.Add(builtins::IAdd{.a = parts.a, .b = parts.b}));
  return std::move(g).Build();
}

struct Case {
  std::string name;
  std::function<absl::StatusOr<Graph>()> build;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

class BuilderConformanceTest : public ::testing::TestWithParam<Case> {};

TEST_P(BuilderConformanceTest, BuildsTheGraphThatTierkreisWrote) {
  std::ifstream file("tests/conformance/tierkreis/case_" + GetParam().name + ".json");
  const absl::StatusOr<Graph> expected =
      graph::ParseGraphData(std::string(std::istreambuf_iterator<char>(file), {}));
  ASSERT_TRUE(expected.ok()) << expected.status();

  const absl::StatusOr<Graph> built = GetParam().build();

  ASSERT_TRUE(built.ok()) << built.status();
  EXPECT_EQ(LinesOf(Normalized(*built)), LinesOf(Normalized(*expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Tierkreis, BuilderConformanceTest,
    ::testing::Values(Case{"factorial_4", Factorial}, Case{"gcd_12_26", Gcd},
                      Case{"simple_eval", SimpleEval}, Case{"typed_eval", TypedEval},
                      Case{"simple_loop", SimpleLoop}, Case{"typed_loop", TypedLoop},
                      Case{"loop_multiple_acc", LoopMultipleAcc}, Case{"loop_scoping", LoopScoping},
                      Case{"simple_map", SimpleMap}, Case{"maps_in_series", MapsInSeries},
                      Case{"typed_map", TypedMap}, Case{"typed_map_simple", TypedMapSimple},
                      Case{"typed_destructuring", TypedDestructuring},
                      Case{"simple_ifelse_true", SimpleIfElse},
                      Case{"simple_eagerifelse", SimpleEagerIfElse}, Case{"tkr_conj", Conjugate},
                      Case{"tkr_conj_list", ConjugateList}, Case{"tuple_untuple", TupleUntuple}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace orrery::client
