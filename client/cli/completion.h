// Generates shell completion from the parser.
//
// Threading: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
}  // namespace CLI

namespace orrery::cli {

enum class Shell { kBash, kZsh, kFish };

// Returns a script for the shell to source. `app` is the command with all subcommands.
std::string CompletionScript(const CLI::App& app, Shell shell);

}  // namespace orrery::cli
