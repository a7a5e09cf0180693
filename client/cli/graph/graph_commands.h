// The commands below `orrery graph`, one Add function each; none of them needs a controller.
//
// Threading: thread-compatible.
#pragma once

#include "client/cli/commands.h"

namespace orrery::cli {

// `graph` is the parser of `orrery graph`; it and the invocation outlive what these put into it.
void AddGraphCheckCommand(CLI::App& graph, Invocation& invocation);
void AddGraphShowCommand(CLI::App& graph, Invocation& invocation);
void AddGraphRenderCommand(CLI::App& graph, Invocation& invocation);
void AddGraphConvertCommand(CLI::App& graph, Invocation& invocation);

// The graph's file as a positional argument.
CLI::Option* AddGraphArgument(CLI::App& command, std::string& path);

}  // namespace orrery::cli
