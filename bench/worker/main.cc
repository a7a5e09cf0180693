// The worker of the benchmarks. $ORRERY_BENCH_TIMES: a file that some tasks log their times in.

#include <cstdio>

#include "absl/status/statusor.h"
#include "bench/measure/time_log.h"
#include "bench/worker/tasks.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/worker.h"

using orrery::Arg;
using orrery::TaskContext;
using orrery::bench::Tasks;
using orrery::graph::SharedBytes;
using Int = std::int64_t;

int main(int argc, char** argv) {
  const absl::StatusOr<orrery::bench::TimeLog> log = orrery::bench::TimeLog::FromEnvironment();
  if (!log.ok()) {
    fmt::print(stderr, "bench_worker: {}\n", std::string(log.status().message()));
    return 1;
  }
  const Tasks tasks(*log);
  orrery::Worker worker("bench_worker");
  worker.Task("noop", [&](Int x) { return tasks.Noop(x); }, {Arg("x")});
  worker.Task("counted", [&](Int x) { return tasks.Counted(x); }, {Arg("x")});
  worker.Task("step", [&](Int x) { return tasks.Step(x); }, {Arg("x")});
  worker.Task("blend", [&](Int a, Int b, Int c) { return tasks.Blend(a, b, c); },
              {Arg("a"), Arg("b"), Arg("c")});
  worker.Task("make", [&](Int size, Int seed) { return tasks.Make(size, seed); },
              {Arg("size"), Arg("seed")});
  worker.Task("inspect",
              [&](const SharedBytes& value, Int after) { return tasks.Inspect(value, after); },
              {Arg("value"), Arg("after")});
  worker.Task(
      "nap",
      [&](TaskContext& context, Int x, double seconds) { return tasks.Nap(context, x, seconds); },
      {Arg("x"), Arg("seconds")});
  worker.Task("hold",
              [&](TaskContext& context, Int x, const std::string& gate) {
                return tasks.Hold(context, x, gate);
              },
              {Arg("x"), Arg("gate")});
  worker.Task("run_program", [&](Int x) { return tasks.RunProgram(x); }, {Arg("x")});
  return worker.Main(argc, argv);
}
