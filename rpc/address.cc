#include "rpc/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <iterator>
#include <netinet/in.h>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "base/process.h"
#include "base/status_macros.h"
#include "fmt/format.h"

namespace orrery::rpc {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";

absl::Status InvalidAddress(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format(
      "\"{}\" is not an address: {}; write host:port, [ipv6]:port or unix:path", text, why));
}

absl::StatusOr<Address> ParseUnix(std::string_view text) {
  const std::string_view path = text.substr(kUnixPrefix.size());
  if (path.empty()) return InvalidAddress(text, "the path is missing");
  RETURN_IF_ERROR(CheckLimit(kUnixPathBytes, fmt::format("the path of \"{}\"", text), path.size(),
                             "take a folder with a shorter path, or a symbolic link to it"));
  if (path.find('\0') != path.npos) return InvalidAddress(text, "the path contains a NUL byte");
  if (path.substr(path.rfind('/') + 1).find(',') != path.npos) {
    return InvalidAddress(text, "the name of a socket cannot contain a comma");
  }
  return Address{.unix_path = std::string(path), .host = "", .port = 0};
}

// As it stands between brackets: an address, on an interface if one is named ("fe80::1%eth0").
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
  if (host.empty()) return InvalidAddress(text, "the host is missing");
  if (host.starts_with('[') && host.ends_with(']')) {
    const std::string_view address = host.substr(1, host.size() - 2);
    if (!IsIpv6(address)) return InvalidAddress(text, "the brackets hold no IPv6 address");
    return std::string(address);
  }
  if (IsIpv6(host)) return InvalidAddress(text, "an IPv6 host needs brackets");
  if (!IsHostName(host)) {
    return InvalidAddress(text, "a host name has letters, digits, dots, dashes and underscores");
  }
  return std::string(host);
}

}  // namespace

std::string DefaultRoot() {
  if (std::string root = EnvironmentVariable("ORRERY_HOME"); !root.empty()) return root;
  return EnvironmentVariable("HOME") + "/.orrery";
}

std::string SocketPath(std::string_view root) { return fmt::format("{}/orreryd.sock", root); }

absl::StatusOr<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    return absl::InvalidArgumentError("the port is not a number up to 65535");
  }
  return port;
}

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return ParseUnix(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return InvalidAddress(text, "it has no port");
  ASSIGN_OR_RETURN(std::string host, ParseHost(text, text.substr(0, colon)));
  const absl::StatusOr<std::uint16_t> port = ParsePort(text.substr(colon + 1));
  if (!port.ok()) return InvalidAddress(text, std::string(port.status().message()));
  return Address{.unix_path = "", .host = std::move(host), .port = *port};
}

absl::StatusOr<Address> Address::ParseReachable(std::string_view text) {
  ASSIGN_OR_RETURN(Address address, Parse(text));
  if (address.is_unix() || address.port != 0) return address;
  return InvalidAddress(text, "nobody listens at port 0");
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

std::string Address::Target() const {
  if (!is_unix()) return ToString();
  std::string target(kUnixPrefix);
  for (const char c : unix_path) {
    // Two slashes would begin the authority of a URI.
    const bool is_plain = absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_' ||
                          (c == '/' && !target.ends_with('/'));
    if (is_plain) {
      target += c;
    } else {
      fmt::format_to(std::back_inserter(target), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return target;
}

}  // namespace orrery::rpc
