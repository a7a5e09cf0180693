#include "bench/worker/tasks.h"

#include <cstddef>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "fmt/format.h"
#include "worker_sdk/cpp/task_failure.h"

namespace orrery::bench {

std::int64_t Tasks::Counted(std::int64_t x) const {
  log_.Add(TimeEvent::kBegin, -1 - x);
  return x;
}

std::int64_t Tasks::Step(std::int64_t x) const {
  log_.Add(TimeEvent::kBegin, x);
  return x + 1;
}

graph::Bytes Tasks::Make(std::int64_t size, std::int64_t seed) const {
  std::string data(static_cast<std::size_t>(size), static_cast<char>(seed & 0x7f));
  // Values are stored by their content: each has to be another one.
  const std::string head = fmt::format("{:020}", seed);
  if (data.size() >= head.size()) data.replace(1, head.size() - 1, head, 1);
  log_.Add(TimeEvent::kEnd, -1);
  return {std::move(data)};
}

std::int64_t Tasks::Inspect(const graph::SharedBytes& value, std::int64_t after) const {
  log_.Add(TimeEvent::kBegin, after);
  const auto length = static_cast<std::int64_t>(value.size());
  const std::int64_t result = length + (value.empty() ? 0 : value.view().front());
  log_.Add(TimeEvent::kEnd, after);
  return result;
}

std::int64_t Tasks::Nap(TaskContext& context, std::int64_t x, double seconds) const {
  log_.Add(TimeEvent::kBegin, x);
  if (context.WaitForCancellation(absl::Seconds(seconds))) throw TaskFailure("woken too early");
  log_.Add(TimeEvent::kEnd, x);
  return x;
}

std::int64_t Tasks::Hold(TaskContext& context, std::int64_t x, const std::string& gate) const {
  log_.Add(TimeEvent::kBegin, x);
  while (::access(gate.c_str(), F_OK) != 0) {
    if (context.WaitForCancellation(absl::Milliseconds(100))) throw TaskFailure("cancelled");
  }
  return x;
}

std::int64_t Tasks::RunProgram(std::int64_t x) const {
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, program, nullptr, nullptr, arguments, environ);
  if (error != 0) throw TaskFailure(fmt::format("{} cannot be run: error {}", program, error));
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) {
    throw TaskFailure(fmt::format("{} ended with status {}", program, status));
  }
  return x;
}

}  // namespace orrery::bench
