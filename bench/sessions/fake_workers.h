// Many workers in one process: each is a session of its own, on a connection of its own, and
// answers every attempt at once. What is measured is the controller.
//
// Threading: a function without state; it blocks.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace orrery::bench {

struct FakeWorkersOptions {
  std::string server;
  std::uint32_t workers = 2;
  // In the catalog of each. The first is bench_worker.noop; nobody needs the others.
  std::uint32_t tasks = 1;
};

// Connects the workers, and again when the controller has gone. Prints "connected" each time when
// all are. Returns only with an error, and never again in the process: its sessions stay open.
//
// Errors: kFailedPrecondition if a worker was refused, or asked for what it does not do.
absl::Status RunFakeWorkers(const FakeWorkersOptions& options);

}  // namespace orrery::bench
