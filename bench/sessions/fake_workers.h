// Many workers in one process: each is a session of its own that answers every attempt at once, so
// that the controller is measured.
//
// Threading: a function without state; it blocks.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::bench {

struct FakeWorkersOptions {
  std::string server;
  std::uint32_t workers = 2;
  // On one connection. A real worker has its own.
  std::uint32_t sessions = 1;
  // In the catalog of each. The first is bench_worker.noop; nobody needs the others.
  std::uint32_t tasks = 1;
};

// Connects the workers, and again when the controller has gone. Prints "connected" each time when
// all are. Ends the process with status 1 if a worker is refused, or has to do something else.
[[noreturn]] void RunFakeWorkers(const FakeWorkersOptions& options);

}  // namespace orrery::bench
