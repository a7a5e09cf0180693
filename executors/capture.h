// Runs a program that prints something and ends, and gives what it printed.
//
// Threading: confined to the thread that runs `context`.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace orrery::executors {

struct CaptureSpec {
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // Added to this process's own environment.
  std::map<std::string, std::string> environment;
  absl::Duration time_max = absl::Seconds(5);
  std::size_t bytes_max = 16 * 1024 * 1024;
};

// Its stdout, once it has ended with status 0; otherwise what went wrong: it cannot be started,
// kDeadlineExceeded, kResourceExhausted (it printed too much), kAborted with how it ended and the
// end of its stderr.
using CaptureListener = std::function<void(absl::StatusOr<std::string>)>;

// Returns at once. `done` is called once, never before this returns; not any more once the context
// has stopped, with which the program ends too.
void Capture(boost::asio::io_context& context, CaptureSpec spec, CaptureListener done);

}  // namespace orrery::executors
