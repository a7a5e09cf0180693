#include "client/cpp/address.h"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "absl/status/status.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::client {
namespace {

constexpr std::uint64_t kPortFileBytesMax = 64;

std::string EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool IsSocket(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

absl::StatusOr<std::string> CheckAddress(std::string address, std::string_view source) {
  if (address.starts_with("unix:") && address.size() > std::string_view("unix:").size()) {
    return address;
  }
  const std::size_t colon = address.rfind(':');
  if (colon != std::string::npos && colon > 0 &&
      ParsePort(std::string_view(address).substr(colon + 1)).has_value()) {
    return address;
  }
  return absl::InvalidArgumentError(
      fmt::format("invalid address '{}' in {}: expected host:port or unix:path", address, source));
}

absl::StatusOr<std::uint16_t> LoopbackPort(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kPortFileBytesMax);
  if (absl::IsNotFound(text.status())) return kDefaultPort;
  RETURN_IF_ERROR(text.status());
  std::string_view digits = *text;
  while (digits.ends_with('\n')) digits.remove_suffix(1);
  const std::optional<std::uint16_t> port = ParsePort(digits);
  if (!port.has_value()) {
    return absl::FailedPreconditionError(fmt::format(
        "{} contains '{}': expected a port; give the address with --server", path, digits));
  }
  return *port;
}

}  // namespace

std::string DefaultRoot() {
  if (std::string root = EnvironmentVariable("ORRERY_HOME"); !root.empty()) return root;
  return EnvironmentVariable("HOME") + "/.orrery";
}

AddressSources AddressSourcesFor(std::string server) {
  return {.server = std::move(server),
          .environment = EnvironmentVariable("ORRERY_SERVER"),
          .root = DefaultRoot()};
}

absl::StatusOr<std::string> ResolveAddress(const AddressSources& sources) {
  if (!sources.server.empty()) return CheckAddress(sources.server, "--server");
  if (!sources.environment.empty()) return CheckAddress(sources.environment, "ORRERY_SERVER");
  const std::string socket = sources.root + "/orreryd.sock";
  if (IsSocket(socket)) return "unix:" + socket;
  ASSIGN_OR_RETURN(const std::uint16_t port, LoopbackPort(sources.root + "/orreryd.port"));
  return fmt::format("127.0.0.1:{}", port);
}

}  // namespace orrery::client
