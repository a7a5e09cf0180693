#include "controller/rpc/status.h"

#include "fmt/format.h"
#include "grpcpp/support/status.h"
#include "rpc/message_size.h"

namespace orrery::rpc {
namespace {

std::size_t EncodedBytes(char c) { return c >= ' ' && c <= '~' && c != '%' ? 1 : 3; }

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::string ShortenMessage(std::string_view message, std::size_t bytes_max) {
  constexpr std::string_view kMore = "\n(shortened)";
  std::size_t encoded = 0;
  std::size_t kept = 0;  // The longest beginning that leaves room for kMore.
  for (std::size_t i = 0; i < message.size(); ++i) {
    encoded += EncodedBytes(message[i]);
    if (encoded + kMore.size() + 2 <= bytes_max) kept = i + 1;
  }
  if (encoded <= bytes_max) return std::string(message);
  if (const std::size_t line = message.substr(0, kept).rfind('\n'); line != message.npos) {
    kept = line;
  }
  while (kept > 0 && IsContinuation(message[kept])) --kept;
  return fmt::format("{}{}", message.substr(0, kept), kMore);
}

absl::Status CheckResponse(const google::protobuf::MessageLite& response) {
  const absl::Status status =
      CheckMessage(response, kResponseBytes, "the response", "ask for less at a time");
  return status.ok() ? status : absl::ResourceExhaustedError(status.message());
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {
      static_cast<grpc::StatusCode>(status.code()),
      ShortenMessage({status.message().data(), status.message().size()}, kStatusMessageBytesMax)};
}

}  // namespace orrery::rpc
