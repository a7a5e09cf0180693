// Parses the arguments and environment of a worker program.
//
// Threading: functions without state; thread-safe unless a thread changes the environment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace orrery {

enum class WorkerMode { kServe, kCatalog, kStubs };

struct WorkerCommand {
  WorkerMode mode = WorkerMode::kServe;
  // Address of the controller, in gRPC's form.
  std::string address;
  // $ORRERY_HOME or ~/.orrery.
  std::string root;
  std::uint32_t slots = 1;
  std::map<std::string, std::string> labels;
  // C++ namespace for kStubs; empty: the worker's name.
  std::string stubs_namespace;
};

// The program ends with this exit code and these texts.
struct CommandEnd {
  int code = 0;
  std::string output;
  std::string error;
};

// Returns the command, or how the program ends. `worker` is the name in messages.
std::variant<WorkerCommand, CommandEnd> ParseCommandLine(const std::string& worker, int argc,
                                                         const char* const* argv);

}  // namespace orrery
