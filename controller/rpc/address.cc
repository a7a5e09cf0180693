#include "controller/rpc/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

absl::Status NoAddress(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(
      fmt::format("invalid listen address \"{}\": {}; expected host:port, [ipv6]:port or unix:path",
                  text, why));
}

absl::StatusOr<Address> ParseUnix(std::string_view text) {
  const std::string_view path = text.substr(kUnixPrefix.size());
  if (path.empty()) return NoAddress(text, "no path");
  if (path.size() > kUnixPathBytesMax) {
    return NoAddress(text, fmt::format("the path has {} bytes, but a unix socket takes at most {}",
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

// Returns whether `host`, without brackets, is an IPv6 address, possibly with an interface, such as
// "fe80::1%eth0".
bool IsIpv6(std::string_view host) {
  const std::size_t percent = host.find('%');
  if (percent != std::string_view::npos && percent + 1 == host.size()) return false;
  in6_addr six = {};
  return inet_pton(AF_INET6, std::string(host.substr(0, percent)).c_str(), &six) == 1;
}

bool IsHostName(std::string_view host) {
  return std::ranges::all_of(
      host, [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_'; });
}

// Parses the part before the colon of the port. Returns the host without brackets.
absl::StatusOr<std::string> ParseHost(std::string_view text, std::string_view host) {
  if (host.empty()) return NoAddress(text, "no host");
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string_view address = host.substr(1, host.size() - 2);
    if (!IsIpv6(address)) return NoAddress(text, "no IPv6 address in the brackets");
    return std::string(address);
  }
  if (IsIpv6(host)) return NoAddress(text, "an IPv6 address needs brackets");
  if (!IsHostName(host)) {
    return NoAddress(text,
                     "a host name may have letters, digits, dots, dashes and underscores only");
  }
  return std::string(host);
}

}  // namespace

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return ParseUnix(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return NoAddress(text, "no port");
  ASSIGN_OR_RETURN(std::string host, ParseHost(text, text.substr(0, colon)));
  const std::optional<std::uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port.has_value()) return NoAddress(text, "the port is not a number from 0 to 65535");
  return Address{.unix_path = "", .host = std::move(host), .port = *port};
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
