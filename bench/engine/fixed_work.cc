// A fixed piece of the engine's work, for counting instructions (bench/instructions.py).
//
//   bench_engine_work PART
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "bench/engine/engine_run.h"
#include "fmt/format.h"

namespace {

using orrery::bench::EngineRun;
using MakeGraph = orrery::graph::Graph (*)(std::size_t);

constexpr std::size_t kNodes = 5000;
constexpr std::uint64_t kManyWorkers = 2000;

const std::map<std::string, MakeGraph>& Parts() {
  static const std::map<std::string, MakeGraph> kParts = {
      {"map", orrery::bench::MappedTasks},       {"tasks", orrery::bench::ExplicitTasks},
      {"chain", orrery::bench::ChainedTasks},    {"builtins", orrery::bench::ChainedBuiltins},
      {"loop", orrery::bench::BuiltinLoop},      {"evals", orrery::bench::ChainedEvals},
      {"if-else", orrery::bench::ChainedIfElses}};
  return kParts;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string part = argc == 2 ? argv[1] : "";
  if (part == "connect" || part == "workers") {
    EngineRun many(kManyWorkers);
    if (part == "workers") many.Finish(orrery::bench::MappedTasks(kNodes));
    return 0;
  }
  EngineRun run;
  if (part == "nothing") return 0;
  if (part == "replay") {
    run.Finish(orrery::bench::MappedTasks(kNodes));
    run.Replay();
    return 0;
  }
  const auto found = Parts().find(part);
  if (found == Parts().end()) {
    fmt::print(stderr, "bench_engine_work: there is no part '{}'\n", part);
    return 2;
  }
  run.Finish(found->second(kNodes));
  return 0;
}
