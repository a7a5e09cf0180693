// Processes on this machine, on Asio.
//
// Each leads a process group of its own, which is what is terminated. When this process dies, the
// children die too (base/process.h).
//
// Threading: confined to the thread that runs `context`, which must live as long as the children.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/uuid.h"
#include "executors/executor.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace orrery::executors {

struct LocalExecutorOptions {
  // Between SIGTERM and SIGKILL.
  absl::Duration terminate_grace = absl::Seconds(5);
  // Of one output file; twice as much with the one before it.
  std::uint64_t output_bytes_max = 16 * 1024 * 1024;
  // Processes that have ended and can still be inspected.
  std::size_t ended_max = 1024;
};

class LocalExecutor final : public Executor {
 public:
  // `context` outlives the executor, and runs nothing any more when it ends.
  LocalExecutor(boost::asio::io_context& context, LocalExecutorOptions options,
                ExitListener on_exit);
  // Kills what still runs.
  ~LocalExecutor() override;

  absl::Status Launch(const LaunchSpec& spec) override;
  ProcessReport Inspect(const Uuid& id) const override;
  void Terminate(const Uuid& id) override;

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
