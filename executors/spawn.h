// Starts a child process that cannot outlive this one.
//
// The child leads a process group of its own, has no signal blocked, and is killed when the thread
// that started it ends. Started without copying this process's memory, however large it is. Not
// Boost.Process's launchers: 1.81's default one forks, and its vfork one lets the child disturb the
// parent's reactor.
//
// Threading: call it from a thread that lives as long as the child may.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace orrery::executors {

struct SpawnSpec {
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // All of it, each "NAME=value".
  std::vector<std::string> environment;
  // Empty: the caller's.
  std::string working_directory;
  // Become stdout and stderr; nothing else is inherited, stdin is empty.
  int output = -1;
  int error_output = -1;
};

// This process's own environment with `additions` instead of, or beside, what it says.
std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& additions);

// The process id of the child, which is also its group. The caller reaps it. kNotFound,
// kPermissionDenied, ...: the program cannot be started.
absl::StatusOr<int> Spawn(const SpawnSpec& spec);

// What wait() said, for people: "exited with status 3", "killed by SIGKILL".
std::string DescribeExit(int wait_status);

}  // namespace orrery::executors
