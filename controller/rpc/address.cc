#include "controller/rpc/address.h"

#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <optional>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

absl::Status NoAddress(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format(
      "\"{}\" is no address to listen at: {}; write host:port, [ipv6]:port or unix:path", text,
      why));
}

absl::StatusOr<Address> ParseUnix(std::string_view text) {
  const std::string_view path = text.substr(kUnixPrefix.size());
  if (path.empty()) return NoAddress(text, "the path is missing");
  if (path.size() > kUnixPathBytesMax) {
    return NoAddress(text, fmt::format("the path has {} bytes, a unix socket's at most {}",
                                       path.size(), kUnixPathBytesMax));
  }
  return Address{.unix_path = std::string(path), .host = "", .port = 0};
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return ParseUnix(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NoAddress(text, "it has no port");
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return NoAddress(text, "an IPv6 host needs brackets");
  }
  if (host.empty()) return NoAddress(text, "the host is missing");
  const std::optional<std::uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port.has_value()) return NoAddress(text, "the port is no number up to 65535");
  return Address{.unix_path = "", .host = std::string(host), .port = *port};
}

bool Address::is_local() const {
  if (is_unix() || host == "localhost") return true;
  in_addr four = {};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six = {};
  return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

std::string Address::ToString() const {
  if (is_unix()) return fmt::format("{}{}", kUnixPrefix, unix_path);
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

}  // namespace orrery::rpc
