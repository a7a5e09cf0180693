// The `orrery` command from its words to its exit code.
//
// Threading: one at a time in a process, because of the signals a waiting command handles.
#pragma once

#include "client/cli/console.h"
#include "client/cli/exit_code.h"

namespace orrery::cli {

// `words` are those of main, the program's name first.
ExitCode RunCommandLine(int count, const char* const* words, Console& console);

}  // namespace orrery::cli
