#include "client/cpp/address.h"

#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "rpc/address.h"

namespace orrery::client {
namespace {

constexpr std::uint64_t kPortFileBytesMax = 64;

bool IsSocket(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

// `source` says where `text` is from.
absl::StatusOr<std::string> CheckAddress(std::string_view text, std::string_view source) {
  const absl::StatusOr<rpc::Address> address = rpc::Address::ParseReachable(text);
  if (address.ok()) return address->ToString();
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", source, std::string(address.status().message())));
}

absl::StatusOr<std::uint16_t> LoopbackPort(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kPortFileBytesMax);
  if (absl::IsNotFound(text.status())) return rpc::kDefaultPort;
  RETURN_IF_ERROR(text.status());
  std::string_view digits = *text;
  while (digits.ends_with('\n')) digits.remove_suffix(1);
  const absl::StatusOr<std::uint16_t> port = rpc::ParsePort(digits);
  if (!port.ok() || *port == 0) {
    return absl::FailedPreconditionError(fmt::format(
        "{} contains '{}': expected a port; give the address with --server", path, digits));
  }
  return *port;
}

}  // namespace

AddressSources AddressSourcesFor(std::string server) {
  return {.server = std::move(server),
          .environment = EnvironmentVariable("ORRERY_SERVER"),
          .root = rpc::DefaultRoot()};
}

absl::StatusOr<std::string> ResolveAddress(const AddressSources& sources) {
  if (!sources.server.empty()) return CheckAddress(sources.server, "--server");
  if (!sources.environment.empty()) return CheckAddress(sources.environment, "ORRERY_SERVER");
  const std::string socket = rpc::SocketPath(sources.root);
  if (IsSocket(socket)) return "unix:" + socket;
  ASSIGN_OR_RETURN(const std::uint16_t port, LoopbackPort(sources.root + "/orreryd.port"));
  return fmt::format("127.0.0.1:{}", port);
}

}  // namespace orrery::client
