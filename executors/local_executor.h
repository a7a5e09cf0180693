// Starts, watches and ends processes on this machine, on Asio. It never schedules nodes.
//
// A process is named by an id that the caller chooses. Every operation may be repeated: a caller
// that does not know whether a call succeeded calls again. Each process leads a process group,
// which Terminate ends. When this process dies, its children die too (base/process.h).
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
#include "base/uuid.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace orrery::executors {

struct LaunchSpec {
  // A worker's instance id, or a job's.
  Uuid id;
  // For messages.
  std::string name;
  // The program and its arguments; a program without '/' is looked for on the PATH.
  std::vector<std::string> command;
  // Added to the environment of this process.
  std::map<std::string, std::string> environment;
  // Empty: the folder of this process.
  std::string working_directory;
  // The file to which stdout and stderr are appended; empty: none.
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
  // The kernel killed the process because its control group, or the machine, had no memory left.
  // Only if that is known.
  bool is_out_of_memory = false;
  std::uint64_t memory_peak_bytes = 0;  // 0: unknown.
  // The last bytes of stdout and stderr; one byte more than kOutputTailBytesMax, if there was more.
  std::string output_tail;
};

// Called once for each process that has ended, after its Launch has returned.
using ExitListener = std::function<void(const Uuid& id, const ProcessEnd& end)>;

struct LocalExecutorOptions {
  // Between SIGTERM and SIGKILL.
  absl::Duration terminate_grace = absl::Seconds(5);
  // Of one output file; twice as much with the one before it.
  std::uint64_t output_bytes_max = 16 * 1024 * 1024;
  // Processes that have ended and can still be inspected.
  std::size_t ended_max = 1024;
};

class LocalExecutor {
 public:
  // `context` outlives the executor, and runs nothing any more when it ends.
  LocalExecutor(boost::asio::io_context& context, LocalExecutorOptions options,
                ExitListener on_exit);
  // Kills what still runs.
  ~LocalExecutor();

  // OK: the process exists, or has existed. An error: it does not, and the listener is not called.
  absl::Status Launch(const LaunchSpec& spec);

  // Returns what is known of a process; nothing may be known of one that ended long ago.
  ProcessReport Inspect(const Uuid& id) const;

  // Sends SIGTERM to the process and its descendants and, after the grace, SIGKILL. Returns at
  // once; the listener is called at the end. Ignores a process that does not run.
  void Terminate(const Uuid& id);
  void TerminateAll();
  bool is_empty() const { return running_.empty(); }

 private:
  struct Process;

  void ReadOutput(const std::shared_ptr<Process>& process);
  void AwaitExit(const std::shared_ptr<Process>& process);
  void OnExit(const std::shared_ptr<Process>& process);
  // For a process that was killed: adds that the kernel did it for its memory, if it did.
  void ExplainKill(const Process& process, ProcessEnd& end);
  void TerminateProcess(const std::shared_ptr<Process>& process);

  boost::asio::io_context& context_;
  const LocalExecutorOptions options_;
  const ExitListener on_exit_;

  // Shared with the operations on their way, which may end after the process has.
  std::map<Uuid, std::shared_ptr<Process>> running_;
  std::map<Uuid, std::string> ended_;  // With the reason.
  std::deque<Uuid> ended_order_;       // The oldest first.
};

}  // namespace orrery::executors
