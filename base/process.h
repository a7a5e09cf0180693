// Starts child processes that do not outlive this process; reads this process's environment, and
// makes a service of it.
//
// A child leads its own process group, has no blocked signals, and is killed when the thread that
// started it ends. Starting a child does not copy the memory of this process. Boost.Process is not
// used: in version 1.81 the default launcher forks, and the child of the vfork launcher disturbs
// the parent's reactor.
//
// Threading: functions without state. Call Spawn from a thread that outlives the child.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery {

// Makes this process fit to serve others: it survives broken pipes, its new files are closed to
// other users, and it may open as many descriptors as the hard limit permits. Children that Spawn
// starts have the umask and the limit of before. Call once, before other threads exist.
void BecomeService();

// Makes a write to a broken pipe fail instead of ending this process. Programs that it starts end
// as usual. Does nothing if this process handles SIGPIPE already.
void SurviveBrokenPipes();

// Returns how many descriptors this process may have open.
std::uint64_t DescriptorLimit();

struct SpawnSpec {
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // The whole environment, as "NAME=value".
  std::vector<std::string> environment;
  // Empty: the working directory of this process.
  std::string working_directory;
  // The child's stdin, stdout and stderr; it inherits no other descriptors. With -1, stdin is
  // empty.
  int input = -1;
  int output = -1;
  int error_output = -1;
};

// Starts the program and returns the process id of the child, which is also its process group. The
// caller must reap the child.
//
// Errors: kNotFound, kPermissionDenied and others if the program cannot be started.
absl::StatusOr<int> Spawn(const SpawnSpec& spec);

// Describes a status that wait() returned: "exited with status 3", "killed by SIGKILL".
std::string DescribeExit(int wait_status);

// Returns the value of an environment variable; empty if it is unset.
std::string EnvironmentVariable(const char* name);

// Returns the environment of this process with `additions`, which replace variables of the same
// name.
std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& additions);

// Returns the first executable called `name` in the folders of `search_path`, separated by ':'.
// Returns an empty string if there is no such executable.
std::string FindOnPath(std::string_view name, std::string_view search_path);

// Returns pointers to `words`, followed by a null pointer, as exec requires. `words` must outlive
// them.
std::vector<char*> ExecPointers(const std::vector<std::string>& words);

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

// Opens a pipe whose ends are closed on exec.
absl::StatusOr<Pipe> MakePipe();

}  // namespace orrery
