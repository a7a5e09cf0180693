#include "controller/rpc/connection_table.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

// Between two looks at all descriptors: a flood at the limit must not cost one for each connection.
constexpr absl::Duration kLookInterval = absl::Milliseconds(100);

}  // namespace

absl::Status ConnectionTable::CheckLimits(const std::string& peer) const {
  RETURN_IF_ERROR(CheckLimit(limits_.connections, "the controller", open_.size() + 1,
                             "close some, or start another controller"));
  const auto count = of_peer_.find(peer);
  return CheckLimit(limits_.connections_per_peer, peer,
                    count == of_peer_.end() ? 1 : count->second + 1, "close some");
}

absl::Status ConnectionTable::CheckRoom(const std::string& peer, absl::Time now) {
  absl::Status status = CheckLimits(peer);
  if (status.ok() || now < looked_at_ + kLookInterval) return status;
  looked_at_ = now;
  RemoveClosed();
  return CheckLimits(peer);
}

void ConnectionTable::Add(int descriptor, const std::string& peer) {
  // An earlier connection with this descriptor is closed.
  if (const auto before = open_.find(descriptor); before != open_.end()) Remove(before);
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return;
  open_[descriptor] = {.inode = info.st_ino, .peer = peer};
  ++of_peer_[peer];
}

void ConnectionTable::Remove(std::unordered_map<int, Connection>::iterator connection) {
  const auto count = of_peer_.find(connection->second.peer);
  if (--count->second == 0) of_peer_.erase(count);
  open_.erase(connection);
}

void ConnectionTable::RemoveClosed() {
  for (auto it = open_.begin(); it != open_.end();) {
    const auto connection = it++;
    struct stat info = {};
    const bool is_open = fstat(connection->first, &info) == 0 && S_ISSOCK(info.st_mode) &&
                         info.st_ino == connection->second.inode;
    if (!is_open) Remove(connection);
  }
}

std::string PeerOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "unknown";
  if (address.ss_family == AF_UNIX) {
    ucred credentials = {};
    socklen_t credentials_size = sizeof(credentials);
    getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_size);
    return fmt::format("uid {}", credentials.uid);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* const host =
      address.ss_family == AF_INET6
          ? static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr)
          : static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(&address)->sin_addr);
  inet_ntop(address.ss_family, host, text.data(), text.size());
  return text.data();
}

}  // namespace orrery::rpc
