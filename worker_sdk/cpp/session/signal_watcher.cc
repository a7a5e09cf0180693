#include "worker_sdk/cpp/session/signal_watcher.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "base/check.h"

namespace orrery {
namespace {

// Added to the counter to end the thread; more signals than that never come.
constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;

// The handler may touch nothing else. Negative: nobody watches.
volatile std::sig_atomic_t events_of_handler = -1;

void Add(int events, std::uint64_t amount) {
  // An eventfd takes eight bytes whole; it can only be full after 2^64 signals.
  static_cast<void>(::write(events, &amount, sizeof(amount)) == sizeof(amount));
}

void OnSignal(int number) {
  const int error = errno;
  // A terminal that closes hangs up twice, by the shell and by the kernel.
  if (number == SIGHUP) std::signal(SIGHUP, SIG_IGN);
  if (events_of_handler >= 0) Add(events_of_handler, 1);
  errno = error;
}

void SetHandler(void (*handler)(int)) {
  struct sigaction hangup = {};
  CHECK(::sigaction(SIGHUP, nullptr, &hangup) == 0);
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  CHECK(::sigaction(SIGTERM, &action, nullptr) == 0);
  CHECK(::sigaction(SIGINT, &action, nullptr) == 0);
  if (hangup.sa_handler != SIG_IGN) CHECK(::sigaction(SIGHUP, &action, nullptr) == 0);
}

}  // namespace

SignalWatcher::SignalWatcher(std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)), events_(::eventfd(0, EFD_CLOEXEC)) {
  CHECK(events_.is_open());
  CHECK(events_of_handler < 0);
  events_of_handler = events_.value();
  SetHandler(OnSignal);
  thread_ = std::thread([this] { Watch(); });
}

SignalWatcher::~SignalWatcher() {
  SetHandler(SIG_DFL);
  events_of_handler = -1;
  Add(events_.value(), kEnd);
  thread_.join();
}

void SignalWatcher::Watch() {
  int count = 0;
  while (true) {
    std::uint64_t amount = 0;
    const ssize_t size = ::read(events_.value(), &amount, sizeof(amount));
    if (size < 0 && errno == EINTR) continue;
    CHECK(size == sizeof(amount));
    for (std::uint64_t i = 0; i < amount % kEnd; ++i) on_signal_(++count);
    if (amount >= kEnd) return;
  }
}

}  // namespace orrery
