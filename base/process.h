// Child processes that cannot outlive this one, and what this process has from its parent.
//
// A child leads a process group of its own, has no signal blocked, and is killed when the thread
// that started it ends. It is started without copying this process's memory, however large that is.
// Not with Boost.Process: the default launcher of 1.81 forks, and its vfork launcher lets the child
// disturb the parent's reactor.
//
// Threading: functions without state. Call Spawn from a thread that lives as long as the child may.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file_descriptor.h"

namespace orrery {

struct SpawnSpec {
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // All of it, each "NAME=value".
  std::vector<std::string> environment;
  // Empty: the caller's.
  std::string working_directory;
  // Become stdin, stdout and stderr; nothing else is inherited. -1: stdin is empty.
  int input = -1;
  int output = -1;
  int error_output = -1;
};

// Returns the process id of the child, which is also its group; the caller reaps the child.
// kNotFound, kPermissionDenied, ...: the program cannot be started.
absl::StatusOr<int> Spawn(const SpawnSpec& spec);

// Describes a status that wait() returned: "exited with status 3", "killed by SIGKILL".
std::string DescribeExit(int wait_status);

// The value of a variable of this process's environment; empty if it is unset.
std::string EnvironmentVariable(const char* name);

// This process's environment, with `additions` added or in place of variables of the same name.
std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& additions);

// Returns the first executable called `name` in the folders of `search_path`, which ':' separates;
// empty if there is none.
std::string FindOnPath(std::string_view name, std::string_view search_path);

// The pointers to `words` and the null behind them that exec takes. `words` outlives the pointers.
std::vector<char*> ExecPointers(const std::vector<std::string>& words);

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

// Opens a pipe whose ends are closed on exec.
absl::StatusOr<Pipe> MakePipe();

}  // namespace orrery
