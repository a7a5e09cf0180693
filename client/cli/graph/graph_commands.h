// The commands under `orrery graph`, one Add function each. They need no controller.
//
// Threading: thread-compatible.
#pragma once

#include "client/cli/commands.h"

namespace orrery::cli {

// Requires: `graph`, the parser of `orrery graph`, and the invocation outlive the callbacks that
// these functions add.
void AddGraphCheckCommand(CLI::App& graph, Invocation& invocation);
void AddGraphShowCommand(CLI::App& graph, Invocation& invocation);
void AddGraphRenderCommand(CLI::App& graph, Invocation& invocation);
void AddGraphConvertCommand(CLI::App& graph, Invocation& invocation);

// Adds the file of the graph as a positional argument.
CLI::Option* AddGraphArgument(CLI::App& command, std::string& path);

}  // namespace orrery::cli
