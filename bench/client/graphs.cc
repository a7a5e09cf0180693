#include "bench/client/graphs.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "bench/measure/blend.h"
#include "bench_worker_stubs.h"
#include "boost/describe/class.hpp"
#include "client/cpp/builder.h"
#include "client/cpp/builtins.h"
#include "client/cpp/typed_graph.h"

namespace orrery::bench {
namespace {

using client::GraphBuilder;
using client::Port;
using client::TypedGraph;
namespace builtins = client::builtins;

using Int = std::int64_t;
using Function = TypedGraph<Port<Int>, Port<Int>>;

auto ExpectInt(std::string port, Int expected) {
  return [port = std::move(port), expected](client::Client& client,
                                            const client::Workflow& workflow) -> absl::Status {
    ASSIGN_OR_RETURN(const Int found, OutputAs<Int>(client, workflow, port));
    return ExpectEqual(found, expected);
  };
}

Int SumBelow(Int count) { return count * (count - 1) / 2; }

Port<Int> AddElement(GraphBuilder& g, const MapOptions& options, const Port<Int>& x) {
  switch (options.element) {
    case Element::kCounted:
      return g.Add(bench_worker::Counted{.x = x});
    case Element::kNap:
      return g.Add(bench_worker::Nap{.x = x, .seconds = options.nap_seconds});
    case Element::kRunProgram:
      return g.Add(bench_worker::RunProgram{.x = x});
    case Element::kHold:
      return g.Add(bench_worker::Hold{.x = x, .gate = options.gate});
    case Element::kNoop:
      break;
  }
  return g.Add(bench_worker::Noop{.x = x});
}

// The sum of `function` of 0, 1, ... count - 1.
void OutputSumOf(GraphBuilder& g, const Function& function, Int count) {
  const auto numbers = g.Unfold(g.Add(builtins::Range{.start = 0, .stop = count}));
  g.Output("sum", g.Add(builtins::SumList<Int>{.values = g.Fold(g.Map(function, numbers))}));
}

template <template <class> class P>
struct Counting {
  P<Int> x;
  BOOST_DESCRIBE_CLASS(Counting, (), (x), (), ())
};

template <template <class> class P>
struct Counted {
  P<Int> x;
  P<bool> should_continue;
  BOOST_DESCRIBE_CLASS(Counted, (), (x, should_continue), (), ())
};

using CountingBody = TypedGraph<Counting<Port>, Counted<Port>>;

// A task that no worker has.
struct Absent {
  static constexpr std::string_view kFunctionName = "nobody.first";
  using Outputs = Port<Int>;
  client::In<Int> x;
  BOOST_DESCRIBE_CLASS(Absent, (), (x), (), ())
};

// From 0 to `count`, by what `step` makes of each number.
template <class Step>
absl::StatusOr<Job> LoopJob(Int count, Step step) {
  ASSIGN_OR_RETURN(const auto body,
                   CountingBody::Define("step", [&](GraphBuilder& g, const Counting<Port>& in) {
                     const Port<Int> next = step(g, in.x);
                     return Counted<Port>{
                         .x = next, .should_continue = g.Add(builtins::IGt{.a = count, .b = next})};
                   }));
  GraphBuilder g("loop");
  g.Output("x", g.Loop(body, {.x = 0}).x);
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectInt("x", count)};
}

// Returns the sum of StencilJob's last layer.
Int StencilSum(const StencilOptions& options) {
  const auto width = static_cast<std::size_t>(options.width);
  std::vector<Int> layer(width);
  for (std::size_t i = 0; i < width; ++i) layer[i] = static_cast<Int>(i);
  for (Int depth = 0; depth < options.depth; ++depth) {
    std::vector<Int> next(width);
    for (std::size_t i = 0; i < width; ++i) {
      next[i] = Blend(layer[(i + width - 1) % width], layer[i], layer[(i + 1) % width]);
    }
    layer = std::move(next);
  }
  Int sum = 0;
  for (const Int x : layer) sum += x;
  return sum;
}

// The sum of all outputs, as the client makes it.
auto ExpectSumOfOutputs(Int expected) {
  return [expected](client::Client&, const client::Workflow& workflow) -> absl::Status {
    Int sum = 0;
    for (const graph::NamedValue& output : workflow.outputs) {
      ASSIGN_OR_RETURN(const Int x, graph::DecodeNative<Int>(*output.value));
      sum += x;
    }
    return ExpectEqual(sum, expected);
  };
}

// Returns the result of Make and Inspect of bench_worker.
Int InspectionOf(const ValuesOptions& options, Int seed) { return options.bytes + (seed & 0x7f); }

}  // namespace

absl::StatusOr<Job> MapJob(const MapOptions& options) {
  ASSIGN_OR_RETURN(const auto function,
                   Function::Define("element", [&](GraphBuilder& g, const Port<Int>& x) {
                     return AddElement(g, options, x);
                   }));
  GraphBuilder g("map");
  OutputSumOf(g, function, options.count);
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectInt("sum", SumBelow(options.count))};
}

absl::StatusOr<Job> ExplicitJob(std::int64_t count) {
  GraphBuilder g("explicit");
  for (Int i = 0; i < count; ++i) {
    g.Output(fmt::format("x{}", i), g.Add(bench_worker::Noop{.x = i}));
  }
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectSumOfOutputs(SumBelow(count))};
}

absl::StatusOr<Job> WorkerLoopJob(std::int64_t count) {
  return LoopJob(
      count, [](GraphBuilder& g, const Port<Int>& x) { return g.Add(bench_worker::Step{.x = x}); });
}

absl::StatusOr<Job> BuiltinLoopJob(std::int64_t count) {
  return LoopJob(count, [](GraphBuilder& g, const Port<Int>& x) {
    return g.Add(builtins::IAdd{.a = x, .b = 1});
  });
}

absl::StatusOr<Job> StencilJob(const StencilOptions& options) {
  GraphBuilder g("stencil");
  const auto width = static_cast<std::size_t>(options.width);
  std::vector<Port<Int>> layer;
  for (std::size_t i = 0; i < width; ++i) layer.push_back(g.Const(static_cast<Int>(i)));
  for (Int depth = 0; depth < options.depth; ++depth) {
    std::vector<Port<Int>> next;
    for (std::size_t i = 0; i < width; ++i) {
      next.push_back(g.Add(bench_worker::Blend{
          .a = layer[(i + width - 1) % width], .b = layer[i], .c = layer[(i + 1) % width]}));
    }
    layer = std::move(next);
  }
  for (std::size_t i = 0; i < width; ++i) g.Output(fmt::format("x{}", i), layer[i]);
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectSumOfOutputs(StencilSum(options))};
}

absl::StatusOr<Job> ThreeStepsJob(std::int64_t x) {
  GraphBuilder g("three steps");
  const auto first = g.Add(bench_worker::Step{.x = x});
  const auto second = g.Add(bench_worker::Step{.x = first});
  g.Output("x", g.Add(bench_worker::Step{.x = second}));
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectInt("x", x + 3)};
}

absl::StatusOr<Job> SingleJob(std::int64_t x) {
  GraphBuilder g("single");
  g.Output("x", g.Add(bench_worker::Noop{.x = x}));
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectInt("x", x)};
}

absl::StatusOr<Job> ValuesJob(const ValuesOptions& options) {
  ASSIGN_OR_RETURN(
      const auto function, Function::Define("value", [&](GraphBuilder& g, const Port<Int>& x) {
        const auto seed = g.Add(builtins::IAdd{.a = x, .b = options.seed});
        const auto value = g.Add(bench_worker::Make{.size = options.bytes, .seed = seed});
        return g.Add(bench_worker::Inspect{.value = value, .after = x});
      }));
  GraphBuilder g("values");
  OutputSumOf(g, function, options.count);
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  Int expected = 0;
  for (Int x = 0; x < options.count; ++x) expected += InspectionOf(options, x + options.seed);
  return Job{std::move(graph), ExpectInt("sum", expected)};
}

absl::StatusOr<Job> HandOverJob(const ValuesOptions& options) {
  GraphBuilder g("hand over");
  const auto value = g.Add(bench_worker::Make{.size = options.bytes, .seed = options.seed});
  Port<Int> last = g.Add(bench_worker::Inspect{.value = value, .after = 0});
  for (int i = 1; i < 3; ++i) last = g.Add(bench_worker::Inspect{.value = value, .after = last});
  g.Output("x", last);
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectInt("x", InspectionOf(options, options.seed))};
}

absl::StatusOr<Job> BlockedJob(std::int64_t count) {
  GraphBuilder g("blocked");
  const auto first = g.Add(Absent{.x = 0});
  for (Int i = 0; i < count; ++i) {
    g.Output(fmt::format("x{}", i), g.Add(bench_worker::Noop{.x = first}));
  }
  ASSIGN_OR_RETURN(graph::Graph graph, std::move(g).Build());
  return Job{std::move(graph), ExpectSumOfOutputs(0)};
}

}  // namespace orrery::bench
