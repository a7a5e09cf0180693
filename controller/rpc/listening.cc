#include "controller/rpc/listening.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

// Connections that wait to be accepted; the kernel's own limit may be lower.
constexpr int kBacklog = 4096;

absl::Status CannotListen(const std::string& path, std::string_view why) {
  return absl::AlreadyExistsError(fmt::format("cannot listen at unix:{}: {}", path, why));
}

absl::Status CannotListenAt(const Address& address, int error) {
  const std::string text = fmt::format("cannot listen at {}: {}", address.ToString(),
                                       std::string(absl::ErrnoToStatus(error, "").message()));
  return error == EADDRINUSE
             ? absl::AlreadyExistsError(text +
                                        "; stop the process that listens there or take "
                                        "another port")
             : absl::UnavailableError(text);
}

sockaddr_un UnixAddress(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
  return address;
}

absl::StatusOr<Listener> ListenAtPath(const Address& address) {
  RETURN_IF_ERROR(ClearStaleSocket(address.unix_path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un name = UnixAddress(address.unix_path);
  // The file that bind makes has the mode of the socket.
  if (!socket.is_open() || fchmod(socket.value(), S_IRUSR | S_IWUSR) != 0 ||
      bind(socket.value(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 ||
      listen(socket.value(), kBacklog) != 0) {
    return CannotListenAt(address, errno);
  }
  Listener listener{.bound = address, .sockets = {}};
  listener.sockets.push_back(std::move(socket));
  return listener;
}

// Returns the errno of the call that failed, or 0. Sets `port` if it is 0.
int BindPort(const addrinfo& host, std::uint16_t& port, FileDescriptor& socket) {
  sockaddr_storage name = {};
  std::memcpy(&name, host.ai_addr, host.ai_addrlen);
  // In both families the port has the same place.
  auto& in = reinterpret_cast<sockaddr_in&>(name);
  in.sin_port = htons(port);
  socket = FileDescriptor(
      ::socket(host.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!socket.is_open()) return errno;
  const int on = 1;
  // Connections of a former controller that are still closing do not matter.
  setsockopt(socket.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // Accepted sockets inherit it.
  setsockopt(socket.value(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (bind(socket.value(), reinterpret_cast<const sockaddr*>(&name), host.ai_addrlen) != 0 ||
      listen(socket.value(), kBacklog) != 0) {
    return errno;
  }
  socklen_t size = sizeof(name);
  if (getsockname(socket.value(), reinterpret_cast<sockaddr*>(&name), &size) != 0) return errno;
  port = ntohs(in.sin_port);
  return 0;
}

absl::StatusOr<Listener> ListenAtPort(const Address& address) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(address.host.c_str(), nullptr, &hints, &found); code != 0) {
    return absl::UnavailableError(
        fmt::format("cannot listen at {}: {}", address.ToString(), gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> hosts(found, &freeaddrinfo);
  Listener listener{.bound = address, .sockets = {}};
  for (const addrinfo* host = hosts.get(); host != nullptr; host = host->ai_next) {
    FileDescriptor socket;
    const int failed = BindPort(*host, listener.bound.port, socket);
    // A name may have an address of a family that this machine lacks.
    if (failed == EADDRNOTAVAIL || failed == EAFNOSUPPORT) continue;
    if (failed != 0) return CannotListenAt(address, failed);
    listener.sockets.push_back(std::move(socket));
  }
  if (listener.sockets.empty()) return CannotListenAt(address, EADDRNOTAVAIL);
  return listener;
}

}  // namespace

absl::Status ClearStaleSocket(const std::string& path) {
  struct stat info = {};
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, "look at", path);
  }
  if (!S_ISSOCK(info.st_mode)) return CannotListen(path, "the file there is no socket; move it");

  const sockaddr_un address = UnixAddress(path);
  if (path.size() >= sizeof(address.sun_path)) return CannotListen(path, "the path is too long");
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return ErrnoStatus(errno, "open a socket for", path);
  if (connect(socket.value(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
      errno == EAGAIN) {
    return CannotListen(path, "another process listens there; stop it or take another root");
  }
  if (errno != ECONNREFUSED) return ErrnoStatus(errno, "connect to", path);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "remove", path);
  return absl::OkStatus();
}

absl::StatusOr<Listener> Listen(const Address& address) {
  return address.is_unix() ? ListenAtPath(address) : ListenAtPort(address);
}

}  // namespace orrery::rpc
