// Shell completion, made from the parser itself, so that it never lags behind.
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

// A script for the shell to source. `app` is the whole command with its subcommands.
std::string CompletionScript(const CLI::App& app, Shell shell);

}  // namespace orrery::cli
