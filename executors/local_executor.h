// Starts, watches and terminates processes on this machine, with Asio. Does not schedule nodes.
//
// The caller chooses an id for each process. Operations are idempotent: a caller that does not know
// whether a call succeeded can repeat it. Each process leads a process group, which Terminate ends.
// If this process dies, its children die too (base/process.h).
//
// Threading: confined to the thread that runs `context`, which must live as long as the children.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/uuid.h"
#include "executors/output_log.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace orrery::executors {

struct LaunchSpec {
  // The instance id of a worker, or the id of a job.
  Uuid id;
  // Used in messages.
  std::string name;
  // The program and its arguments. A program without '/' is searched for on the PATH.
  std::vector<std::string> command;
  // Added to the environment of this process.
  std::map<std::string, std::string> environment;
  // Empty: the working directory of this process.
  std::string working_directory;
  // The file that stdout and stderr are appended to; empty: none.
  std::string output_path;
};

enum class ProcessState { kUnknown, kRunning, kEnded };

struct ProcessReport {
  ProcessState state = ProcessState::kUnknown;
  std::int64_t process_id = 0;  // Set while the process runs.
  std::string reason;           // "exited with status 3", "killed by SIGKILL".
};

struct ProcessEnd {
  std::string reason;  // As in the report.
  // True if it is known that the kernel killed the process because its control group or the machine
  // was out of memory.
  bool is_out_of_memory = false;
  std::uint64_t memory_peak_bytes = 0;  // 0: unknown.
  // The end of stdout and stderr: at most kOutputTailBytes, and one more if there were
  // more.
  std::string output_tail;
};

// Called once for each process that has ended, after Launch has returned for it.
using ExitListener = std::function<void(const Uuid& id, const ProcessEnd& end)>;

struct LocalExecutorOptions {
  // The delay between SIGTERM and SIGKILL.
  absl::Duration terminate_grace = absl::Seconds(5);
  // Of the file with the output of one process.
  Limit output_bytes = OutputLogOptions().bytes;
  Limit ended_processes{.name = "ended_processes",
                        .max = 1024,
                        .unit = LimitUnit::kCount,
                        .of = "ended processes of pools whose end is known",
                        .beyond = "the first that ended is no longer known"};
};

class LocalExecutor {
 public:
  // `context` outlives the executor, and must not run handlers after the executor is destroyed.
  LocalExecutor(boost::asio::io_context& context, LocalExecutorOptions options,
                ExitListener on_exit);
  // Kills the processes that are still running.
  ~LocalExecutor();

  // Returns OK if the process exists or has existed. After an error it does not exist, and the
  // listener is not called for it.
  absl::Status Launch(const LaunchSpec& spec);

  // Returns the state of a process. Processes that ended long ago are unknown.
  ProcessReport Inspect(const Uuid& id) const;

  // Sends SIGTERM to the process and its descendants and, after terminate_grace, SIGKILL. Returns
  // immediately; the listener is called when the process ends. Ignores a process that is not
  // running.
  void Terminate(const Uuid& id);
  void TerminateAll();
  bool is_empty() const { return running_.empty(); }

 private:
  struct Process;

  void ReadOutput(const std::shared_ptr<Process>& process);
  void AwaitExit(const std::shared_ptr<Process>& process);
  void OnExit(const std::shared_ptr<Process>& process);
  // Notes in `end` if the kernel killed the process for lack of memory.
  void ExplainKill(const Process& process, ProcessEnd& end);
  void TerminateProcess(const std::shared_ptr<Process>& process);

  boost::asio::io_context& context_;
  const LocalExecutorOptions options_;
  const ExitListener on_exit_;

  // Shared with pending operations, which may end after the process.
  std::map<Uuid, std::shared_ptr<Process>> running_;
  std::map<Uuid, std::string> ended_;  // The reason of each end.
  std::deque<Uuid> ended_order_;       // The oldest first.
};

}  // namespace orrery::executors
