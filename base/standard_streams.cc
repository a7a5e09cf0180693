#include "base/standard_streams.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <system_error>
#include <unistd.h>

#include "base/shown_text.h"
#include "fmt/format.h"

namespace orrery {
namespace {

// Returns why output was lost, or "". The number of an error of an earlier write is not known any
// more.
std::string OutputProblem() {
  if (std::fflush(stdout) != 0) return std::generic_category().message(errno);
  std::cout.flush();
  if (std::ferror(stdout) != 0 || !std::cout.good()) return "an earlier write failed";
  // File systems of a network may report a failed write when a descriptor is closed.
  const int copy = ::dup(STDOUT_FILENO);
  return copy >= 0 && ::close(copy) != 0 ? std::generic_category().message(errno) : "";
}

}  // namespace

void PrepareStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    // Gets the lowest free descriptor, this one. Opened for the other direction only: EBADF.
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

int FinishOutput(std::string_view program, int code) {
  const std::string problem = OutputProblem();
  if (problem.empty()) return code;
  std::fputs(fmt::format("{}: cannot write to standard output: {}; the output is incomplete\n",
                         ShownText(program), problem)
                 .c_str(),
             stderr);
  return code == 0 ? kExitOutputLost : code;
}

}  // namespace orrery
