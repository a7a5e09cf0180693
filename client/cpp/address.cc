#include "client/cpp/address.h"

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/process.h"
#include "fmt/format.h"
#include "rpc/address.h"

namespace orrery::client {
namespace {

// `source` says where `text` is from.
absl::StatusOr<std::string> CheckAddress(std::string_view text, std::string_view source) {
  const absl::StatusOr<rpc::Address> address = rpc::Address::ParseReachable(text);
  if (address.ok()) return address->ToString();
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", source, std::string(address.status().message())));
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
  return CheckAddress("unix:" + rpc::SocketPath(sources.root), "the root");
}

}  // namespace orrery::client
