#include "controller/rpc/listening.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_descriptor.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

absl::Status CannotListen(const std::string& path, std::string_view why) {
  return absl::AlreadyExistsError(fmt::format("cannot listen at unix:{}: {}", path, why));
}

}  // namespace

absl::Status ClearStaleSocket(const std::string& path) {
  struct stat info = {};
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, "look at", path);
  }
  if (!S_ISSOCK(info.st_mode)) return CannotListen(path, "the file there is no socket; move it");

  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return CannotListen(path, "the path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
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

bool IsPortFree(const Address& address) {
  sockaddr_in bound = {};
  bound.sin_family = AF_INET;
  bound.sin_port = htons(address.port);
  if (inet_pton(AF_INET, address.host.c_str(), &bound.sin_addr) != 1) return true;
  const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return true;
  // As gRPC does, so that connections of a former controller that are still closing do not matter.
  const int on = 1;
  setsockopt(socket.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(socket.value(), reinterpret_cast<const sockaddr*>(&bound), sizeof(bound)) != 0) {
    return errno != EADDRINUSE;
  }
  return listen(socket.value(), 1) == 0 || errno != EADDRINUSE;
}

}  // namespace orrery::rpc
