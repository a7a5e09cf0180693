#include "controller/daemon/stop_signals.h"

#include <array>
#include <csignal>
#include <cstdint>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace orrery::daemon {

namespace {

sigset_t StopSet() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  // A signalfd would also read a blocked signal that is ignored.
  struct sigaction hangup = {};
  CHECK(sigaction(SIGHUP, nullptr, &hangup) == 0);
  if (hangup.sa_handler != SIG_IGN) sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

void BlockStopSignals() {
  const sigset_t signals = StopSet();
  CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
}

StopSignals::StopSignals(std::function<void()> on_signal)
    : on_signal_(std::move(on_signal)),
      is_over_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Run(); }) {}

StopSignals::~StopSignals() {
  const std::uint64_t one = 1;
  CHECK(write(is_over_.value(), &one, sizeof(one)) == sizeof(one));
  thread_.join();
}

void StopSignals::Run() {
  const sigset_t set = StopSet();
  const FileDescriptor signals(signalfd(-1, &set, SFD_CLOEXEC));
  CHECK(signals.is_open() && is_over_.is_open());
  bool is_told = false;
  while (true) {
    std::array<pollfd, 2> watched = {{{signals.value(), POLLIN, 0}, {is_over_.value(), POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0) continue;  // EINTR
    if (watched[1].revents != 0) return;
    signalfd_siginfo info = {};
    if (read(signals.value(), &info, sizeof(info)) != sizeof(info)) continue;
    LOG(INFO, "signal").With("number", info.ssi_signo);
    // A terminal that closes hangs up twice, by the shell and by the kernel.
    if (is_told && info.ssi_signo == SIGHUP) continue;
    if (is_told) {
      pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
      raise(static_cast<int>(info.ssi_signo));
    }
    is_told = true;
    on_signal_();
  }
}

}  // namespace orrery::daemon
