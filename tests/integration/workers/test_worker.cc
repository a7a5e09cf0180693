// The worker of the integration tests: tasks that sleep, fail, crash, and count how often they run.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/file_descriptor.h"
#include "boost/describe/class.hpp"
#include "fmt/format.h"
#include "graph/datum.h"
#include "graph/json.h"
#include "worker_sdk/cpp/worker.h"

namespace {

using orrery::Arg;
using orrery::TaskContext;
using orrery::TaskFailure;
using orrery::graph::Bytes;
using orrery::graph::SharedBytes;

struct TwoPorts {
  std::int64_t first = 0;
  std::string second;
};
BOOST_DESCRIBE_STRUCT(TwoPorts, (), (first, second))

// One line per execution, so that a test can count them.
void Touch(const std::string& path, const TaskContext& context, std::int64_t value = 0) {
  if (path.empty()) return;
  const orrery::FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  const std::string line = fmt::format("{} {} {} {}\n", context.facts().location,
                                       context.facts().attempt, ::getpid(), value);
  const absl::Status status = file.is_open()
                                  ? orrery::WriteFully(file, line, path)
                                  : absl::NotFoundError(fmt::format("{} cannot be opened", path));
  if (!status.ok()) throw TaskFailure(std::string(status.message()));
}

std::int64_t SleepFor(TaskContext& context, double seconds, std::int64_t value,
                      const std::string& touch_file) {
  Touch(touch_file, context);
  context.Log(fmt::format("sleeping for {} s", seconds));
  context.Progress(0, "asleep");
  if (context.WaitForCancellation(absl::Seconds(seconds))) throw TaskFailure("woken too early");
  return value;
}

std::int64_t Tally(TaskContext& context, std::int64_t value, const std::string& file,
                   double seconds) {
  Touch(file, context, value);
  if (context.WaitForCancellation(absl::Seconds(seconds))) throw TaskFailure("woken too early");
  return value;
}

// Runs until the gate exists, for all processes or for this one, and ignores cancellation: a test
// decides when it ends. Returns the process id.
std::int64_t Hold(TaskContext& context, const std::string& gate, const std::string& begun,
                  const std::string& ended) {
  Touch(begun, context);
  const std::string own_gate = fmt::format("{}-{}", gate, ::getpid());
  const auto is_open = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
  const orrery::CancellationSource never;
  while (!is_open(gate) && !is_open(own_gate)) never.token().WaitFor(absl::Milliseconds(5));
  Touch(ended, context);
  return ::getpid();
}

// Takes memory and uses it.
std::int64_t Hog(TaskContext& context, std::int64_t size, const std::string& touch_file) {
  Touch(touch_file, context);
  const std::string memory(static_cast<std::size_t>(size), 'x');
  return std::ranges::count(memory, 'x');
}

void Fail(const std::string& message) { throw TaskFailure(message); }

// Fails until it has run `failures` times before, as the file counts.
std::int64_t FailFirst(TaskContext& context, std::int64_t failures, const std::string& touch_file) {
  std::int64_t runs = 0;
  std::ifstream file(touch_file);
  for (std::string line; std::getline(file, line);) ++runs;
  Touch(touch_file, context);
  if (runs < failures) throw TaskFailure(fmt::format("failure {}", runs + 1));
  return runs;
}

// Fails, and says that another attempt must not be made.
void FailForGood(TaskContext& context, const std::string& message, const std::string& touch_file) {
  Touch(touch_file, context);
  throw TaskFailure(message, orrery::Retry::kNever);
}

// Reports how far it is, and runs until the gate is there.
std::int64_t Report(TaskContext& context, double fraction, const std::string& note,
                    const std::string& gate) {
  context.Progress(fraction, note);
  return Hold(context, gate, "", "");
}

void Throw(const std::string& message) { throw std::runtime_error(message); }

Bytes EchoBytes(Bytes value) { return value; }

SharedBytes ShareBytes(const SharedBytes& value) { return value; }

Bytes Big(std::int64_t size) {
  if (size < 0) throw TaskFailure("size is negative");
  std::string data(static_cast<std::size_t>(size), '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 131 >> 3);
  return {std::move(data)};
}

std::int64_t Add(std::int64_t a, std::int64_t b) { return a + b; }

std::int64_t Square(TaskContext& context, std::int64_t value, const std::string& touch_file) {
  Touch(touch_file, context, value);
  return value * value;
}

Bytes CachedBig(TaskContext& context, std::int64_t size, const std::string& touch_file) {
  Touch(touch_file, context, size);
  return Big(size);
}

orrery::Ports<TwoPorts> MakeTwoPorts(std::int64_t value) {
  return {{.first = value, .second = std::to_string(value)}};
}

// A graph as a value: x -> x + `amount`.
absl::StatusOr<orrery::graph::Datum> MakeGraph(std::int64_t amount) {
  return orrery::graph::ParseJson(
      fmt::format(R"({{"nodes": [)"
                  R"({{"type": "input", "name": "x"}}, )"
                  R"({{"type": "const", "value": {}}}, )"
                  R"({{"type": "function", "function_name": "test_worker.add", )"
                  R"("inputs": {{"a": [0, "x"], "b": [1, "value"]}}}}, )"
                  R"({{"type": "output", "inputs": {{"value": [2, "value"]}}}}], )"
                  R"("graph_inputs": ["x"], "graph_output_idx": 3}})",
                  amount));
}

// Says something in every way that there is, and fails.
void Complain(TaskContext& context, std::int64_t lines, const std::string& message) {
  context.Log("logged");
  for (std::int64_t i = 0; i < lines; ++i) std::fprintf(stderr, "by C %d\n", static_cast<int>(i));
  std::cerr << "by C"
            << "++" << std::endl;
  throw TaskFailure(message);
}

void Crash(TaskContext& context, const std::string& last_words, const std::string& touch_file) {
  Touch(touch_file, context);
  if (!last_words.empty()) std::cerr << last_words << std::endl;
  std::abort();
}

void WaitCancelled(TaskContext& context, const std::string& touch_file) {
  Touch(touch_file, context);
  context.WaitForCancellation(absl::Hours(1));
}

// Runs on although it is told to stop.
std::int64_t IgnoreCancellation(TaskContext& context, double seconds,
                                const std::string& touch_file) {
  Touch(touch_file, context);
  const orrery::CancellationSource never;
  never.token().WaitFor(absl::Seconds(seconds));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  // Of the tasks that are cacheable; a test may start another version.
  const char* version = std::getenv("TEST_WORKER_VERSION");
  const orrery::TaskOptions cacheable{.is_cacheable = true,
                                      .version = version == nullptr ? "1" : version};
  orrery::Worker worker("test_worker");
  worker.Task("sleep_for", SleepFor, {Arg("seconds"), Arg("value"), Arg("touch_file", "")});
  worker.Task("tally", Tally, {Arg("value"), Arg("file"), Arg("seconds", 0.0)});
  worker.Task("hold", Hold, {Arg("gate"), Arg("begun", ""), Arg("ended", "")});
  worker.Task("hog", Hog, {Arg("size"), Arg("touch_file", "")});
  worker.Task("fail", Fail, {Arg("message")});
  worker.Task("fail_first", FailFirst, {Arg("failures"), Arg("touch_file")});
  worker.Task("fail_for_good", FailForGood, {Arg("message"), Arg("touch_file", "")});
  worker.Task("hold_once", Hold, {Arg("gate"), Arg("begun", ""), Arg("ended", "")},
              {.is_effect_once = true});
  worker.Task("report", Report, {Arg("fraction"), Arg("note"), Arg("gate")});
  worker.Task("throw_error", Throw, {Arg("message")});
  worker.Task("echo_bytes", EchoBytes, {Arg("value")});
  worker.Task("share_bytes", ShareBytes, {Arg("value")});
  worker.Task("big", Big, {Arg("size")});
  worker.Task("add", Add, {Arg("a"), Arg("b")});
  worker.Task("square", Square, {Arg("value"), Arg("touch_file")}, cacheable);
  worker.Task("cached_big", CachedBig, {Arg("size"), Arg("touch_file")}, cacheable);
  worker.Task("two_ports", MakeTwoPorts, {Arg("value")});
  worker.Task("make_graph", MakeGraph, {Arg("amount")});
  worker.Task("complain", Complain, {Arg("lines"), Arg("message")});
  worker.Task("crash", Crash, {Arg("last_words", ""), Arg("touch_file", "")});
  worker.Task("wait_cancelled", WaitCancelled, {Arg("touch_file", "")});
  worker.Task("ignore_cancellation", IgnoreCancellation, {Arg("seconds"), Arg("touch_file", "")});
  return worker.Main(argc, argv);
}
