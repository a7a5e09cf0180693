#include "executors/local_executor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/readable_pipe.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/process/v2/process.hpp"
#include "executors/output_log.h"
#include "executors/pipe.h"
#include "executors/spawn.h"
#include "fmt/format.h"

namespace orrery::executors {
namespace {

namespace asio = boost::asio;

}  // namespace

struct LocalExecutor::Process {
  Process(asio::io_context& context, Uuid process_id, int system_id)
      : id(process_id),
        process(context.get_executor(), system_id),
        output(context),
        kill_timer(context) {}

  const Uuid id;
  boost::process::v2::process process;
  asio::readable_pipe output;
  std::optional<OutputLog> log;
  std::array<char, 16 * 1024> buffer{};
  asio::steady_timer kill_timer;
  bool is_terminating = false;
  bool has_ended = false;
};

LocalExecutor::LocalExecutor(asio::io_context& context, LocalExecutorOptions options,
                             ExitListener on_exit)
    : context_(context), options_(options), on_exit_(std::move(on_exit)) {}

LocalExecutor::~LocalExecutor() {
  for (const auto& [id, process] : running_) {
    kill(-process->process.id(), SIGKILL);
    process->has_ended = true;
  }
}

absl::Status LocalExecutor::Launch(const LaunchSpec& spec) {
  if (running_.contains(spec.id) || ended_.contains(spec.id)) return absl::OkStatus();
  std::optional<OutputLog> log;
  if (!spec.output_path.empty()) {
    ASSIGN_OR_RETURN(log, OutputLog::Open(spec.output_path, options_.output_bytes_max));
  }
  ASSIGN_OR_RETURN(Pipe pipe, MakePipe());
  ASSIGN_OR_RETURN(const int system_id, Spawn({.command = spec.command,
                                               .environment = EnvironmentWith(spec.environment),
                                               .working_directory = spec.working_directory,
                                               .output = pipe.write.value(),
                                               .error_output = pipe.write.value()}));
  const auto process = std::make_shared<Process>(context_, spec.id, system_id);
  process->log = std::move(log);
  process->output.assign(fcntl(pipe.read.value(), F_DUPFD_CLOEXEC, 0));
  running_[spec.id] = process;
  ReadOutput(process);
  process->process.async_wait([this, process](const boost::system::error_code& error, int) {
    // An error: the executor ends, and with it this process.
    if (!error && !process->has_ended) OnExit(process, process->process.native_exit_code());
  });
  return absl::OkStatus();
}

void LocalExecutor::ReadOutput(const std::shared_ptr<Process>& process) {
  process->output.async_read_some(
      asio::buffer(process->buffer),
      [this, process](const boost::system::error_code& error, std::size_t bytes) {
        if (process->log.has_value() && bytes > 0) {
          const absl::Status status = process->log->Append({process->buffer.data(), bytes});
          if (!status.ok()) LOG(WARNING, "process.output.lost").With("status", status);
        }
        // The end comes when the last descendant that has the pipe closes it.
        if (!error) ReadOutput(process);
      });
}

void LocalExecutor::OnExit(const std::shared_ptr<Process>& process, int status) {
  process->has_ended = true;
  process->kill_timer.cancel();
  // What it left behind in its group ends with it.
  kill(-process->process.id(), SIGKILL);
  const std::string reason = DescribeExit(status);
  const Uuid id = process->id;
  running_.erase(id);
  ended_[id] = reason;
  ended_order_.push_back(id);
  if (ended_order_.size() > options_.ended_max) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
  on_exit_(id, reason);
}

ProcessReport LocalExecutor::Inspect(const Uuid& id) const {
  if (const auto it = running_.find(id); it != running_.end()) {
    return {.state = ProcessState::kRunning, .process_id = it->second->process.id(), .reason = ""};
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
  kill(-process->process.id(), SIGTERM);
  process->kill_timer.expires_after(absl::ToChronoMilliseconds(options_.terminate_grace));
  process->kill_timer.async_wait([process](const boost::system::error_code& error) {
    if (!error && !process->has_ended) kill(-process->process.id(), SIGKILL);
  });
}

}  // namespace orrery::executors
