#include "base/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/status/status.h"
#include "base/check.h"
#include "base/file.h"
#include "base/log.h"
#include "fmt/format.h"

extern char** environ;

namespace orrery {
namespace {

constexpr std::size_t kStackBytes = 64 * 1024;
constexpr int kCannotStart = 127;

// The settings of this process before BecomeService, which its children get.
struct Inheritance {
  mode_t umask = 0;
  rlimit descriptors = {};
};
std::optional<Inheritance> inheritance;  // Written once, before other threads exist.

// All that the child needs. Prepared before the child exists, which must not allocate memory.
struct ChildPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* working_directory = nullptr;  // Null: the parent's.
  int input = -1;
  int output = -1;
  int error_output = -1;
  pid_t parent = 0;
  int error = 0;  // The reason why the child could not start; it writes to the parent's memory.
};

bool PrepareChild(const ChildPlan& plan) {
  if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  // The parent may have died before prctl took effect.
  if (getppid() != plan.parent) return false;
  if (dup2(plan.input, STDIN_FILENO) < 0 || dup2(plan.output, STDOUT_FILENO) < 0 ||
      dup2(plan.error_output, STDERR_FILENO) < 0) {
    return false;
  }
  if (plan.working_directory != nullptr && chdir(plan.working_directory) != 0) return false;
  close_range(STDERR_FILENO + 1, UINT_MAX, 0);
  if (inheritance.has_value()) {
    umask(inheritance->umask);
    if (setrlimit(RLIMIT_NOFILE, &inheritance->descriptors) != 0) return false;
  }
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  return sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

// Runs in the child, which shares the parent's memory until exec, while the parent waits.
__attribute__((no_sanitize("address", "thread"))) int RunChild(void* argument) {
  ChildPlan& plan = *static_cast<ChildPlan*>(argument);
  errno = 0;
  if (PrepareChild(plan)) execve(plan.program, plan.arguments, plan.environment);
  plan.error = errno == 0 ? ESRCH : errno;
  _exit(kCannotStart);
}

// Finds the program as execvp does, but not in the current folder.
std::string ProgramPath(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* search_path = std::getenv("PATH");
  std::string found =
      FindOnPath(name, search_path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : search_path);
  return found.empty() ? name : found;
}

}  // namespace

void BecomeService() {
  SurviveBrokenPipes();
  Inheritance before;
  before.umask = umask(S_IRWXG | S_IRWXO);
  CHECK(getrlimit(RLIMIT_NOFILE, &before.descriptors) == 0);
  const rlimit raised = {before.descriptors.rlim_max, before.descriptors.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) != 0) LOG(WARNING, "descriptors.limit.kept");
  inheritance = before;
}

void SurviveBrokenPipes() {
  struct sigaction action = {};
  CHECK(sigaction(SIGPIPE, nullptr, &action) == 0);
  if (action.sa_handler != SIG_DFL) return;
  // A handler rather than SIG_IGN: exec resets it.
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  CHECK(sigaction(SIGPIPE, &action, nullptr) == 0);
}

std::uint64_t DescriptorLimit() {
  rlimit limit = {};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit.rlim_cur;
}

std::string EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string FindOnPath(std::string_view name, std::string_view search_path) {
  while (!search_path.empty()) {
    const std::string_view folder = search_path.substr(0, search_path.find(':'));
    search_path.remove_prefix(std::min(folder.size() + 1, search_path.size()));
    if (folder.empty()) continue;
    if (std::string path = fmt::format("{}/{}", folder, name); access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  return "";
}

std::vector<char*> ExecPointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

absl::StatusOr<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoStatus(errno, "open", "a pipe");
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& additions) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!additions.contains(text.substr(0, text.find('=')))) environment.push_back(text);
  }
  for (const auto& [name, value] : additions) {
    environment.push_back(fmt::format("{}={}", name, value));
  }
  return environment;
}

absl::StatusOr<int> Spawn(const SpawnSpec& spec) {
  if (spec.command.empty()) return absl::InvalidArgumentError("the command is empty");
  const std::string program = ProgramPath(spec.command.front());
  const std::vector<char*> arguments = ExecPointers(spec.command);
  const std::vector<char*> environment = ExecPointers(spec.environment);
  FileDescriptor empty;
  if (spec.input < 0) {
    empty = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!empty.is_open()) return ErrnoStatus(errno, "open", "/dev/null");
  }
  ChildPlan plan{.program = program.c_str(),
                 .arguments = arguments.data(),
                 .environment = environment.data(),
                 .working_directory =
                     spec.working_directory.empty() ? nullptr : spec.working_directory.c_str(),
                 .input = spec.input < 0 ? empty.value() : spec.input,
                 .output = spec.output,
                 .error_output = spec.error_output,
                 .parent = getpid()};
  std::vector<char> stack(kStackBytes);
  char* const top = stack.data() + stack.size() -
                    reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()) % 16;

  // Blocks all signals: a signal handler must not run in the child while it shares our memory.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const int child = clone(RunChild, top, CLONE_VM | CLONE_VFORK | SIGCHLD, &plan);
  const int clone_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);

  if (child < 0) return ErrnoStatus(clone_error, "start", program);
  if (plan.error == 0) return child;
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return ErrnoStatus(plan.error, "start", program);
}

std::string DescribeExit(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    const int signal = WTERMSIG(wait_status);
    const char* name = sigabbrev_np(signal);
    return name != nullptr ? fmt::format("killed by SIG{}", name)
                           : fmt::format("killed by signal {}", signal);
  }
  return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
}

}  // namespace orrery
