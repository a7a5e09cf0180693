// Connects many workers that do nothing but answer, until it is killed.

#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "base/mutex.h"
#include "bench/sessions/fake_workers.h"

int main(int argc, char** argv) {
  orrery::DisableAbseilDeadlockDetection();
  orrery::bench::FakeWorkersOptions options;
  CLI::App app("Connects many workers to a controller; each answers every attempt at once.");
  app.add_option("--server", options.server, "The controller: host:port or unix:path")->required();
  app.add_option("--workers", options.workers, "Workers");
  app.add_option("--sessions-per-connection", options.sessions, "Workers that share a connection")
      ->check(CLI::PositiveNumber);
  app.add_option("--tasks", options.tasks, "Tasks that each offers");
  CLI11_PARSE(app, argc, argv);
  orrery::bench::RunFakeWorkers(options);
}
