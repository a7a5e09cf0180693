#include "controller/rpc/acceptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace orrery::rpc {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::uint64_t kReservedDescriptors = 256;
// Connections that one event of a listener accepts, so that silent ones are looked at in between.
constexpr int kAcceptedAtOnce = 64;
constexpr absl::Duration kRefusalLogInterval = absl::Seconds(10);
// Before a listener is tried again for which not even the spare descriptor could be had.
constexpr absl::Duration kPause = absl::Milliseconds(100);

FileDescriptor OpenSpare() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

std::uint64_t DescriptorsForConnections(std::uint64_t limit) {
  return limit - std::min(kReservedDescriptors, limit / 4);
}

Acceptor::Acceptor(std::vector<FileDescriptor> listeners, AcceptorSettings settings,
                   const Clock& clock, OnConnection on_connection)
    : listeners_(std::move(listeners)),
      settings_(std::move(settings)),
      clock_(clock),
      on_connection_(std::move(on_connection)),
      is_over_(eventfd(0, EFD_CLOEXEC)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      spare_(OpenSpare()),
      connections_(settings_.connections) {
  CHECK(is_over_.is_open() && epoll_.is_open());
  CHECK(Watch(is_over_.value(), EPOLLIN));
  for (const FileDescriptor& listener : listeners_) CHECK(Watch(listener.value(), EPOLLIN));
  thread_ = std::thread([this] { Run(); });
}

Acceptor::~Acceptor() {
  const std::uint64_t one = 1;
  CHECK(write(is_over_.value(), &one, sizeof(one)) == sizeof(one));
  thread_.join();
}

bool Acceptor::Watch(int descriptor, std::uint32_t events) {
  epoll_event event = {.events = events, .data = {.fd = descriptor}};
  return epoll_ctl(epoll_.value(), EPOLL_CTL_ADD, descriptor, &event) == 0 || errno == EEXIST;
}

int Acceptor::TimeoutMs() const {
  absl::Time next = absl::InfiniteFuture();
  if (!arrivals_.empty()) next = arrivals_.begin()->second.deadline;
  if (paused_until_ != absl::InfinitePast()) next = std::min(next, paused_until_);
  if (next == absl::InfiniteFuture()) return -1;
  const absl::Duration left = std::max(next - clock_.Now(), absl::ZeroDuration());
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

void Acceptor::Run() {
  std::array<epoll_event, 64> events{};
  while (true) {
    const int count =
        epoll_wait(epoll_.value(), events.data(), static_cast<int>(events.size()), TimeoutMs());
    for (int i = 0; i < count; ++i) {
      if (events[i].data.fd == is_over_.value()) return;
      HandleEvent(events[i].data.fd, events[i].events);
    }
    CloseExpired();
  }
}

void Acceptor::HandleEvent(int descriptor, std::uint32_t events) {
  // An event of a connection that was closed since is for nobody.
  if (silent_.contains(descriptor)) return LookAt(descriptor, (events & EPOLLRDHUP) != 0);
  const bool is_listener = std::ranges::any_of(
      listeners_, [&](const FileDescriptor& listener) { return listener.value() == descriptor; });
  if (is_listener) AcceptAll(descriptor);
}

void Acceptor::AcceptAll(int listener) {
  for (int accepted = 0; accepted < kAcceptedAtOnce; ++accepted) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0) {
      Admit(FileDescriptor(socket));
    } else if (!RecoverFrom(errno, listener)) {
      return;
    }
  }
}

bool Acceptor::RecoverFrom(int error, int listener) {
  if (error == EAGAIN || error == EWOULDBLOCK) return false;
  if (error != EMFILE && error != ENFILE && error != ENOBUFS && error != ENOMEM) {
    return true;  // This connection has failed, another may not.
  }
  if (CloseOldestSilent()) return true;
  spare_ = FileDescriptor();
  {
    const FileDescriptor refused(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (refused.is_open()) Refuse("no descriptor is left", PeerOf(refused.value()));
  }
  spare_ = OpenSpare();
  if (spare_.is_open()) return true;
  // The listener stays readable: without a pause this thread would spin.
  LOG(WARNING, "connections.paused").With("errno", error);
  for (const FileDescriptor& each : listeners_) {
    epoll_ctl(epoll_.value(), EPOLL_CTL_DEL, each.value(), nullptr);
  }
  paused_until_ = clock_.Now() + kPause;
  return false;
}

void Acceptor::Admit(FileDescriptor socket) {
  const std::string peer = PeerOf(socket.value());
  if (const absl::Status room = connections_.CheckRoom(peer, clock_.Now()); !room.ok()) {
    return Refuse(std::string(room.message()), peer);
  }
  if (static_cast<std::uint64_t>(socket.value()) >= settings_.descriptors_end &&
      !CloseOldestSilent()) {
    return Refuse("the other descriptors are kept for files", peer);
  }
  if (silent_.size() >= settings_.silent_connections.max) CloseOldestSilent();
  // An edge for each arrival of bytes: a part of the preface stays to be read.
  if (!Watch(socket.value(), EPOLLIN | EPOLLRDHUP | EPOLLET)) {
    return Refuse("the kernel watches no more connections", peer);
  }
  const int descriptor = socket.value();
  const std::uint64_t number = next_number_++;
  arrivals_[number] = {.descriptor = descriptor,
                       .deadline = clock_.Now() + settings_.preface_time.duration()};
  silent_[descriptor] = {.socket = std::move(socket), .peer = peer, .number = number};
}

void Acceptor::LookAt(int descriptor, bool has_ended) {
  std::array<char, kPreface.size()> bytes{};
  const ssize_t size = recv(descriptor, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const std::string_view sent(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (sent.empty() || !kPreface.starts_with(sent)) return CloseSilent(descriptor);
  if (sent.size() < kPreface.size()) {
    if (has_ended) CloseSilent(descriptor);
    return;
  }
  epoll_ctl(epoll_.value(), EPOLL_CTL_DEL, descriptor, nullptr);
  auto silent = silent_.extract(descriptor);
  arrivals_.erase(silent.mapped().number);
  connections_.Add(descriptor, silent.mapped().peer);
  on_connection_(std::move(silent.mapped().socket));
}

void Acceptor::CloseSilent(int descriptor) {
  const auto silent = silent_.find(descriptor);
  arrivals_.erase(silent->second.number);
  silent_.erase(silent);
}

bool Acceptor::CloseOldestSilent() {
  if (arrivals_.empty()) return false;
  CloseSilent(arrivals_.begin()->second.descriptor);
  return true;
}

void Acceptor::CloseExpired() {
  const absl::Time now = clock_.Now();
  while (!arrivals_.empty() && arrivals_.begin()->second.deadline <= now) CloseOldestSilent();
  if (paused_until_ == absl::InfinitePast() || paused_until_ > now) return;
  const bool is_watched = std::ranges::all_of(listeners_, [this](const FileDescriptor& listener) {
    return Watch(listener.value(), EPOLLIN);
  });
  paused_until_ = is_watched ? absl::InfinitePast() : now + kPause;
}

void Acceptor::Refuse(std::string_view why, std::string_view peer) {
  ++refused_;
  const absl::Time now = clock_.Now();
  if (now < refusals_logged_ + kRefusalLogInterval) return;
  refusals_logged_ = now;
  LOG(WARNING, "connections.refused")
      .With("count", std::exchange(refused_, 0))
      .With("peer", peer)
      .With("reason", why);
}

}  // namespace orrery::rpc
