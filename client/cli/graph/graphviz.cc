#include "client/cli/graph/graphviz.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::cli {
namespace {

constexpr std::size_t kPipeBytes = 64 * 1024;
constexpr std::size_t kErrorBytesMax = 2000;

// Creates a file without a name. Unlike pipes, such files cannot block the two programs; they
// disappear if this one is killed.
absl::StatusOr<FileDescriptor> MakeMemoryFile() {
  FileDescriptor file(memfd_create("orrery", MFD_CLOEXEC));
  if (!file.is_open()) return ErrnoStatus(errno, "create", "a file in memory");
  return file;
}

absl::StatusOr<std::string> ReadFromStart(const FileDescriptor& file) {
  std::string bytes;
  std::string buffer(kPipeBytes, '\0');
  while (true) {
    const ssize_t got =
        pread(file.value(), buffer.data(), buffer.size(), static_cast<off_t>(bytes.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus(errno, "read", "the output of dot");
    if (got == 0) return bytes;
    bytes.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

struct Streams {
  FileDescriptor in;
  FileDescriptor out;
  FileDescriptor err;
};

// Runs `dot` and returns its wait status.
absl::StatusOr<int> RunDot(const Streams& streams) {
  const absl::StatusOr<int> child = Spawn({.command = {"dot", "-Tsvg"},
                                           .environment = EnvironmentWith({}),
                                           .input = streams.in.value(),
                                           .output = streams.out.value(),
                                           .error_output = streams.err.value()});
  if (absl::IsNotFound(child.status())) {
    return absl::UnknownError(
        "cannot draw SVG: the program dot is not on the PATH; install Graphviz (apt install "
        "graphviz), or use --format dot or text");
  }
  if (!child.ok()) return absl::UnknownError(std::string(child.status().message()));
  int status = 0;
  while (waitpid(*child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus(errno, "wait for", "dot");
  }
  return status;
}

}  // namespace

absl::StatusOr<std::string> DrawSvg(std::string_view dot_text) {
  Streams streams;
  ASSIGN_OR_RETURN(streams.in, MakeMemoryFile());
  ASSIGN_OR_RETURN(streams.out, MakeMemoryFile());
  ASSIGN_OR_RETURN(streams.err, MakeMemoryFile());
  RETURN_IF_ERROR(WriteFully(streams.in, dot_text, "the input of dot"));
  if (lseek(streams.in.value(), 0, SEEK_SET) != 0) {
    return ErrnoStatus(errno, "rewind", "the input of dot");
  }
  ASSIGN_OR_RETURN(const int status, RunDot(streams));
  if (status == 0) return ReadFromStart(streams.out);
  ASSIGN_OR_RETURN(std::string said, ReadFromStart(streams.err));
  absl::StripAsciiWhitespace(&said);
  return absl::UnknownError(fmt::format("dot {}: {}", DescribeExit(status),
                                        std::string_view(said).substr(0, kErrorBytesMax)));
}

}  // namespace orrery::cli
