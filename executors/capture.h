// Runs a program to its end and returns its output.
//
// Threading: confined to the thread that runs `context`.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/limit.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace orrery::executors {

struct CaptureSpec {
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // Added to the environment of this process.
  std::map<std::string, std::string> environment;
  Limit time{.name = "captured_program_time",
             .max = 5000,
             .unit = LimitUnit::kMilliseconds,
             .of = "a program of a pool that is asked for its catalog",
             .beyond = "it is killed, and its catalog stays unknown"};
  Limit bytes{.name = "captured_bytes",
              .max = 16 * 1024 * 1024,
              .unit = LimitUnit::kBytes,
              .of = "output of a program of a pool that is asked for its catalog",
              .beyond = "it is killed, and its catalog stays unknown"};
};

// Gets the program's stdout if it exits with status 0.
//
// Errors: kDeadlineExceeded; kResourceExhausted if the output is too long; kAborted, with the exit
// status and the end of stderr, if the program fails; others if it cannot be started.
using CaptureListener = std::function<void(absl::StatusOr<std::string>)>;

// Starts the program and returns immediately. Calls `done` once, after this function has returned.
// If the context stops first, the program is killed and `done` is not called.
void Capture(boost::asio::io_context& context, CaptureSpec spec, CaptureListener done);

}  // namespace orrery::executors
