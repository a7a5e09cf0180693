#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "bench/client/graphs.h"
#include "bench/client/job.h"
#include "bench/client/latency.h"
#include "bench/measure/samples.h"
#include "client/cpp/client.h"

namespace orrery::bench {
namespace {

// Ends the process at the end of its life, and waits for it.
class Daemon {
 public:
  explicit Daemon(int process_id) : process_id_(process_id) {}
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() {
    ::kill(process_id_, SIGTERM);
    while (::waitpid(process_id_, nullptr, 0) < 0 && errno == EINTR) continue;
  }

 private:
  const int process_id_;
};

absl::Status AwaitReady(const FileDescriptor& output) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.find("ready") == std::string::npos) {
    const ssize_t bytes = ::read(output.value(), buffer.data(), buffer.size());
    if (bytes <= 0) return absl::AbortedError("the controller ended before it was ready");
    text.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<nlohmann::json> MeasureStart(const StartOptions& options) {
  const std::string address = "unix:" + options.root + "/orreryd.sock";
  std::vector<std::string> command = {options.daemon, "--root",  options.root, "--listen",
                                      address,        "--slots", "1"};
  if (!options.registry.empty()) {
    command.insert(command.end(), {"--registry", options.registry});
  }
  ASSIGN_OR_RETURN(Job job, SingleJob(1));
  const absl::Duration began = Elapsed();
  ASSIGN_OR_RETURN(Pipe output, MakePipe());
  ASSIGN_OR_RETURN(const int process_id, Spawn({.command = std::move(command),
                                                .environment = EnvironmentWith({}),
                                                .output = output.write.value(),
                                                .error_output = STDERR_FILENO}));
  const Daemon daemon(process_id);
  output.write = FileDescriptor();
  RETURN_IF_ERROR(AwaitReady(output.read));
  client::Client client({.address = address});
  RETURN_IF_ERROR(client.ListWorkers().status());
  nlohmann::json report = {{"answer_seconds", absl::ToDoubleSeconds(Elapsed() - began)}};
  if (options.registry.empty()) return report;
  RETURN_IF_ERROR(RunJob(client, std::move(job)).status());
  report["result_seconds"] = absl::ToDoubleSeconds(Elapsed() - began);
  return report;
}

}  // namespace orrery::bench
