#include "rpc/channel.h"

#include <fcntl.h>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "base/file_descriptor.h"
#include "base/mutex.h"
#include "fmt/format.h"
#include "grpc/grpc.h"
#include "grpcpp/channel.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/status.h"
#include "rpc/address.h"
#include "rpc/message_size.h"

namespace orrery::rpc {
namespace {

// The controller permits pings twice as often.
constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kReconnectFirstMs = 100;
constexpr int kReconnectMaxMs = 1000;

// Returns a path of `folder` without characters of its own. The descriptor behind the path stays
// open until the process ends: a channel connects again at any time.
std::string PathByDescriptor(const std::string& folder) {
  static Mutex mutex;
  static std::map<std::string, FileDescriptor> folders;
  const MutexLock lock(mutex);
  FileDescriptor& descriptor = folders[folder];
  if (!descriptor.is_open()) {
    descriptor = FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  return descriptor.is_open() ? fmt::format("/proc/self/fd/{}", descriptor.value()) : folder;
}

// gRPC's channels take a comma in the path of a socket for the end of an address, escaped or not.
std::string ChannelTarget(const std::string& address) {
  const absl::StatusOr<Address> parsed = Address::Parse(address);
  if (!parsed.ok()) return address;  // gRPC reports that it cannot connect there.
  const std::string& path = parsed->unix_path;
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos || path.find(',') > slash) return parsed->Target();
  return Address{.unix_path = PathByDescriptor(path.substr(0, slash + 1)) + path.substr(slash),
                 .host = "",
                 .port = 0}
      .Target();
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kMessageBytes.max));
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // Controllers are not reached through web proxies.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  // No limit on the pings of a call that waits.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return grpc::CreateCustomChannel(ChannelTarget(address), grpc::InsecureChannelCredentials(),
                                   arguments);
}

bool IsReachable(grpc::Channel& channel, absl::Duration timeout) {
  const auto deadline = absl::ToChronoTime(absl::Now() + timeout);
  grpc_connectivity_state state = channel.GetState(/*try_to_connect=*/true);
  while (state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) {
    if (!channel.WaitForStateChange(state, deadline)) return false;
    state = channel.GetState(/*try_to_connect=*/true);
  }
  return state == GRPC_CHANNEL_READY;
}

absl::Status FromGrpcStatus(const grpc::Status& status, std::string_view address) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      return absl::OkStatus();
    case grpc::StatusCode::UNAVAILABLE:
      return {code, fmt::format("the controller at {} cannot be reached: {}", address,
                                status.error_message())};
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return {code, fmt::format("the controller at {} did not answer in time: {}", address,
                                status.error_message())};
    case grpc::StatusCode::UNIMPLEMENTED:
      return {code, fmt::format(
                        "what listens at {} is not a controller, or is one of another version: {}",
                        address, status.error_message())};
    default:
      return {code, status.error_message()};
  }
}

}  // namespace orrery::rpc
