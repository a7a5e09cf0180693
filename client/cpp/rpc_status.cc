#include "client/cpp/rpc_status.h"

#include <string>

#include "fmt/format.h"
#include "grpcpp/support/status.h"

namespace orrery::client {

absl::Status FromRpcStatus(const grpc::Status& status, std::string_view address) {
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
      return {code, fmt::format("the server at {} is not a controller of this version: {}", address,
                                status.error_message())};
    default:
      return {code, status.error_message()};
  }
}

}  // namespace orrery::client
