// Makes processes exist somewhere: a long-running worker or a one-shot job, it is the same to an
// executor. It never schedules nodes.
//
// A process is named by an id of the caller's choice, and every operation may be repeated: whoever
// does not know whether a call came through makes it again.
//
// Threading: stated by each executor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/uuid.h"

namespace orrery::executors {

struct LaunchSpec {
  // A worker's instance id, or a job's.
  Uuid id;
  // For people.
  std::string name;
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // Added to the executor's own environment.
  std::map<std::string, std::string> environment;
  // Empty: the executor's own.
  std::string working_directory;
  // Where stdout and stderr go, appended; empty: nowhere.
  std::string output_path;
};

enum class ProcessState { kUnknown, kRunning, kEnded };

struct ProcessReport {
  ProcessState state = ProcessState::kUnknown;
  std::int64_t process_id = 0;  // Where it runs, if it runs.
  std::string reason;           // "exited with status 3", "killed by SIGKILL".
};

struct ProcessEnd {
  std::string reason;  // As in the report.
  // The kernel killed it because its control group, or the machine, had no memory left. Only if
  // that is known.
  bool is_out_of_memory = false;
  std::uint64_t memory_peak_bytes = 0;  // The most it had at a time; 0: unknown.
  // The end of what it wrote to stdout and stderr, as it wrote it; one byte more than
  // kOutputTailBytesMax, if there was more.
  std::string output_tail;
};

// A process of the executor has ended; once each, after its Launch has returned.
using ExitListener = std::function<void(const Uuid& id, const ProcessEnd& end)>;

class Executor {
 public:
  virtual ~Executor() = default;

  // OK: the process exists, or has existed. An error: it does not, and nobody hears of it again.
  virtual absl::Status Launch(const LaunchSpec& spec) = 0;

  // What is known of it; of one that ended long ago nothing may be known.
  virtual ProcessReport Inspect(const Uuid& id) const = 0;

  // Asks the process and its descendants to end and, after a grace, ends them. Returns at once; the
  // listener says when it is done. Of a process that is not there it asks nothing.
  virtual void Terminate(const Uuid& id) = 0;
};

}  // namespace orrery::executors
