// What a worker program is asked to do, from its arguments and environment.
//
// Threading: functions without state; thread-safe while nobody changes the environment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace orrery {

enum class WorkerMode { kServe, kCatalog, kStubs };

struct WorkerCommand {
  WorkerMode mode = WorkerMode::kServe;
  // The controller, in gRPC's form.
  std::string address;
  // $ORRERY_HOME or ~/.orrery.
  std::string root;
  std::uint32_t slots = 1;
  std::map<std::string, std::string> labels;
  // For kStubs; empty: the worker's name.
  std::string stubs_namespace;
};

// Nothing is left to do: the program ends with this code and these texts.
struct CommandEnd {
  int code = 0;
  std::string output;
  std::string error;
};

// `worker` is the program's name in messages.
std::variant<WorkerCommand, CommandEnd> ParseCommandLine(const std::string& worker, int argc,
                                                         const char* const* argv);

}  // namespace orrery
