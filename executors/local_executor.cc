#include "executors/local_executor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/log.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "base/tail_buffer.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/posix/stream_descriptor.hpp"
#include "boost/asio/steady_timer.hpp"
#include "executors/memory_group.h"
#include "executors/output_log.h"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

namespace asio = boost::asio;

struct Exit {
  int status = 0;
  std::uint64_t memory_peak_bytes = 0;
};

// Requires: the child has ended or is about to end.
Exit Reap(int process_id) {
  Exit exit;
  rusage usage = {};
  rusage own_usage = {};
  while (wait4(process_id, &exit.status, 0, &usage) < 0 && errno == EINTR) {
  }
  getrusage(RUSAGE_SELF, &own_usage);
  // Before exec, the child shared our memory, which the kernel counts as its own.
  if (usage.ru_maxrss > own_usage.ru_maxrss) {
    exit.memory_peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  }
  return exit;
}

}  // namespace

struct LocalExecutor::Process {
  Process(asio::io_context& context, Uuid process_id, int system_process_id)
      : id(process_id),
        system_id(system_process_id),
        exit_watch(context),
        output(context),
        kill_timer(context) {}

  // Reads the available output. Returns false at the end of the stream.
  bool TakeOutput();
  // Notes the control group, which the program may change before its first output.
  void FindGroup();

  const Uuid id;
  const int system_id;
  asio::posix::stream_descriptor exit_watch;  // Readable when the process has ended.
  asio::posix::stream_descriptor output;
  std::optional<OutputLog> log;
  TailBuffer tail{kOutputTailBytes.max + 1};  // One byte more shows that the output was cut.
  bool has_written = false;
  std::optional<MemoryGroup> group;
  asio::steady_timer kill_timer;
  bool is_terminating = false;
  bool has_ended = false;
};

LocalExecutor::LocalExecutor(asio::io_context& context, LocalExecutorOptions options,
                             ExitListener on_exit)
    : context_(context), options_(options), on_exit_(std::move(on_exit)) {}

LocalExecutor::~LocalExecutor() {
  for (const auto& [id, process] : running_) {
    kill(-process->system_id, SIGKILL);
    process->has_ended = true;
    Reap(process->system_id);
  }
}

absl::Status LocalExecutor::Launch(const LaunchSpec& spec) {
  if (running_.contains(spec.id) || ended_.contains(spec.id)) return absl::OkStatus();
  std::optional<OutputLog> log;
  if (!spec.output_path.empty()) {
    log.emplace(OutputLogOptions{.path = spec.output_path, .bytes = options_.output_bytes});
  }
  ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
  ASSIGN_OR_RETURN(const int system_id, Spawn({.command = spec.command,
                                               .environment = EnvironmentWith(spec.environment),
                                               .working_directory = spec.working_directory,
                                               .output = pipe.write.value(),
                                               .error_output = pipe.write.value()}));
  const auto exit_watch = static_cast<int>(syscall(SYS_pidfd_open, system_id, 0));
  if (exit_watch < 0) {
    const int error = errno;
    kill(-system_id, SIGKILL);
    Reap(system_id);
    return ErrnoStatus(error, "watch", spec.command.front());
  }
  const auto process = std::make_shared<Process>(context_, spec.id, system_id);
  process->exit_watch.assign(exit_watch);
  process->log = std::move(log);
  process->FindGroup();
  process->output.assign(fcntl(pipe.read.value(), F_DUPFD_CLOEXEC, 0));
  process->output.non_blocking(true);
  running_[spec.id] = process;
  ReadOutput(process);
  AwaitExit(process);
  return absl::OkStatus();
}

void LocalExecutor::ReadOutput(const std::shared_ptr<Process>& process) {
  process->output.async_wait(asio::posix::stream_descriptor::wait_read,
                             [this, process](const boost::system::error_code& error) {
                               // The stream ends when the last descendant with the pipe closes it.
                               if (!error && process->TakeOutput()) ReadOutput(process);
                             });
}

bool LocalExecutor::Process::TakeOutput() {
  if (!has_ended && !std::exchange(has_written, true)) FindGroup();
  std::array<char, 64 * 1024> buffer{};  // The capacity of a pipe.
  boost::system::error_code error;
  const std::size_t bytes = output.read_some(asio::buffer(buffer), error);
  const std::string_view text(buffer.data(), bytes);
  tail.Append(text);
  if (log.has_value() && !text.empty()) {
    const absl::Status status = log->Append(text);
    if (!status.ok()) LOG(WARNING, "process.output.lost").With("status", status);
  }
  return !error || error == asio::error::would_block;
}

void LocalExecutor::Process::FindGroup() {
  std::optional<MemoryGroup> found = FindMemoryGroup(system_id);
  // Keeps the earlier count of the same group: kills since then are relevant.
  if (found.has_value() && (!group.has_value() || found->name != group->name)) group = *found;
}

void LocalExecutor::AwaitExit(const std::shared_ptr<Process>& process) {
  process->exit_watch.async_wait(asio::posix::stream_descriptor::wait_read,
                                 [this, process](const boost::system::error_code& error) {
                                   // An error means that the executor is being destroyed, which
                                   // kills this process.
                                   if (!error && !process->has_ended) OnExit(process);
                                 });
}

void LocalExecutor::ExplainKill(const Process& process, ProcessEnd& end) {
  if (process.is_terminating || !process.group.has_value()) return;
  const MemoryGroup& group = *process.group;
  const std::optional<std::uint64_t> kills = CountKills(group);
  if (!kills.has_value() || *kills <= group.kills) return;
  end.is_out_of_memory = true;
  end.reason += fmt::format(
      ", for its memory: the kernel's out-of-memory kills in its control group "
      "{} have gone from {} to {}",
      group.name, group.kills, *kills);
  // This death must not count as evidence for another one.
  for (const auto& [id, other] : running_) {
    if (other->group.has_value() && other->group->name == group.name) other->group->kills = *kills;
  }
}

void LocalExecutor::OnExit(const std::shared_ptr<Process>& process) {
  // Kills the remaining processes of the group.
  kill(-process->system_id, SIGKILL);
  const Exit exit = Reap(process->system_id);
  process->has_ended = true;
  process->kill_timer.cancel();
  process->TakeOutput();
  const Uuid id = process->id;
  running_.erase(id);
  ProcessEnd end{.reason = DescribeExit(exit.status),
                 .memory_peak_bytes = exit.memory_peak_bytes,
                 .output_tail = process->tail.bytes()};
  if (WIFSIGNALED(exit.status) && WTERMSIG(exit.status) == SIGKILL) ExplainKill(*process, end);
  ended_[id] = end.reason;
  ended_order_.push_back(id);
  if (ended_order_.size() > options_.ended_processes.max) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
  on_exit_(id, end);
}

ProcessReport LocalExecutor::Inspect(const Uuid& id) const {
  if (const auto it = running_.find(id); it != running_.end()) {
    return {.state = ProcessState::kRunning, .process_id = it->second->system_id, .reason = ""};
  }
  if (const auto it = ended_.find(id); it != ended_.end()) {
    return {.state = ProcessState::kEnded, .process_id = 0, .reason = it->second};
  }
  return {};
}

void LocalExecutor::Terminate(const Uuid& id) {
  if (const auto it = running_.find(id); it != running_.end()) TerminateProcess(it->second);
}

void LocalExecutor::TerminateAll() {
  for (const auto& [id, process] : running_) TerminateProcess(process);
}

void LocalExecutor::TerminateProcess(const std::shared_ptr<Process>& process) {
  if (std::exchange(process->is_terminating, true)) return;
  kill(-process->system_id, SIGTERM);
  process->kill_timer.expires_after(absl::ToChronoMilliseconds(options_.terminate_grace));
  process->kill_timer.async_wait([process](const boost::system::error_code& error) {
    if (!error && !process->has_ended) kill(-process->system_id, SIGKILL);
  });
}

}  // namespace orrery::executors
