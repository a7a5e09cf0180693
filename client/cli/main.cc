// The `orrery` command.
#include "base/mutex.h"
#include "base/standard_streams.h"
#include "client/cli/command_line.h"
#include "client/cli/console.h"

int main(int argc, char** argv) {
  orrery::PrepareStandardStreams();
  orrery::DisableAbseilDeadlockDetection();
  orrery::cli::Console console = orrery::cli::StandardConsole();
  const orrery::cli::ExitCode code = orrery::cli::RunCommandLine(argc, argv, console);
  return orrery::FinishOutput("orrery", static_cast<int>(code));
}
