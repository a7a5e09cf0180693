// Benchmarks of the engine alone: the cost of each kind of node, and of its replay.
#include <cstddef>
#include <cstdint>

#include "bench/engine/engine_run.h"
#include "benchmark/benchmark.h"

namespace {

using orrery::bench::EngineRun;

constexpr std::size_t kNodes = 1000;

// Submission, compilation and checks are a part of each node's cost.
void Nodes(benchmark::State& state, orrery::graph::Graph (*make)(std::size_t)) {
  const orrery::graph::Graph graph = make(kNodes);
  for (auto _ : state) {
    EngineRun run;
    run.Finish(graph);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNodes));
}
BENCHMARK_CAPTURE(Nodes, task of a map, orrery::bench::MappedTasks);
BENCHMARK_CAPTURE(Nodes, task, orrery::bench::ExplicitTasks);
BENCHMARK_CAPTURE(Nodes, task of a chain, orrery::bench::ChainedTasks);
BENCHMARK_CAPTURE(Nodes, builtin, orrery::bench::ChainedBuiltins);
BENCHMARK_CAPTURE(Nodes, builtin of a map, orrery::bench::MappedBuiltins);
BENCHMARK_CAPTURE(Nodes, iteration of a loop, orrery::bench::BuiltinLoop);
BENCHMARK_CAPTURE(Nodes, eval, orrery::bench::ChainedEvals);
BENCHMARK_CAPTURE(Nodes, if - else, orrery::bench::ChainedIfElses);

void Replay(benchmark::State& state) {
  EngineRun run;
  run.Finish(orrery::bench::MappedTasks(kNodes));
  for (auto _ : state) run.Replay();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(run.records().size()));
}
BENCHMARK(Replay)->Name("Replay/record");

}  // namespace

BENCHMARK_MAIN();
