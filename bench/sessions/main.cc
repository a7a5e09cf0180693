// Connects many workers that do nothing but answer, until it is killed.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/mutex.h"
#include "bench/sessions/fake_workers.h"
#include "fmt/format.h"

int main(int argc, char** argv) {
  orrery::DisableAbseilDeadlockDetection();
  orrery::bench::FakeWorkersOptions options;
  CLI::App app("Connects many workers to a controller; each answers every attempt at once.");
  app.add_option("--server", options.server, "The controller: host:port or unix:path")->required();
  app.add_option("--workers", options.workers, "Workers");
  app.add_option("--tasks", options.tasks, "Tasks that each offers");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = orrery::bench::RunFakeWorkers(options);
  fmt::print(stderr, "bench_sessions: {}\n", std::string(status.message()));
  std::fflush(stderr);
  // The sessions are open, and end with the process.
  std::_Exit(1);
}
