// The `orrery` command.
#include "base/mutex.h"
#include "client/cli/command_line.h"
#include "client/cli/console.h"

int main(int argc, char** argv) {
  orrery::DisableAbseilDeadlockDetection();
  orrery::cli::Console console = orrery::cli::StandardConsole();
  return static_cast<int>(orrery::cli::RunCommandLine(argc, argv, console));
}
