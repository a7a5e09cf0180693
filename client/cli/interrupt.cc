#include "client/cli/interrupt.h"

#include <signal.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "base/check.h"

namespace orrery::cli {
namespace {

// Global, for the signal handler. Set before the handlers are installed and not changed until they
// are removed.
const InterruptNotice::Text* notice = nullptr;

struct sigaction interrupt_before;
struct sigaction terminate_before;

void WriteAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OnSignal(int signal) {
  WriteAll(STDERR_FILENO, notice->err);
  WriteAll(STDOUT_FILENO, notice->out);
  // SA_RESETHAND restored the default action, which handles the raised signal when this returns.
  raise(signal);
}

void Install(int signal, struct sigaction& before) {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  CHECK(sigaction(signal, &action, &before) == 0);
}

}  // namespace

InterruptNotice::InterruptNotice(Text text) : text_(std::move(text)) {
  CHECK(notice == nullptr);
  notice = &text_;
  Install(SIGINT, interrupt_before);
  Install(SIGTERM, terminate_before);
}

InterruptNotice::~InterruptNotice() {
  sigaction(SIGINT, &interrupt_before, nullptr);
  sigaction(SIGTERM, &terminate_before, nullptr);
  notice = nullptr;
}

}  // namespace orrery::cli
