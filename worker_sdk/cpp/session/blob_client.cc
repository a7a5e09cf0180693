#include "worker_sdk/cpp/session/blob_client.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "worker_sdk/cpp/session/grpc_channel.h"

namespace orrery {
namespace {

// As much as stays in a cache, and as malloc keeps when it is given back.
constexpr std::size_t kChunkBytesMax = 256 * 1024;
// Memory is taken ahead for at most this much: the size comes from a message, not from the bytes.
constexpr std::uint64_t kReserveBytesMax = 256 * 1024 * 1024;
constexpr absl::Duration kCallTime = absl::Seconds(30);
// The slowest link that is still of use.
constexpr double kBytesPerSecondMin = 1e6;

std::string DigestField(const Digest& digest) {
  return std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
}

void SetDeadline(grpc::ClientContext& context, std::uint64_t size_bytes) {
  const absl::Duration transfer =
      absl::Seconds(static_cast<double>(size_bytes) / kBytesPerSecondMin);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallTime + transfer));
}

}  // namespace

absl::StatusOr<std::string> BlobClient::Read(const graph::BlobRef& blob) {
  grpc::ClientContext context;
  SetDeadline(context, blob.size_bytes);
  blob::v1::ReadBlobRequest request;
  request.set_digest(DigestField(blob.digest));
  const auto stub = blob::v1::BlobService::NewStub(channel());
  const auto reader = stub->ReadBlob(&context, request);

  std::string bytes;
  bytes.reserve(std::min(blob.size_bytes, kReserveBytesMax));
  blob::v1::ReadBlobResponse response;
  while (bytes.size() <= blob.size_bytes && reader->Read(&response)) bytes += response.data();
  const bool is_too_long = bytes.size() > blob.size_bytes;
  if (is_too_long) context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!is_too_long) RETURN_IF_ERROR(ToStatus(status, address_));
  if (bytes.size() != blob.size_bytes || Sha256(bytes) != blob.digest) {
    return absl::DataLossError(
        fmt::format("blob {} of {} bytes came as {} bytes that are not what its digest says",
                    blob.digest.ToHex(), blob.size_bytes, bytes.size()));
  }
  return bytes;
}

absl::StatusOr<graph::BlobRef> BlobClient::Write(std::string_view bytes) {
  const graph::BlobRef blob{.digest = Sha256(bytes), .size_bytes = bytes.size()};
  grpc::ClientContext context;
  SetDeadline(context, blob.size_bytes);
  blob::v1::WriteBlobResponse response;
  const auto stub = blob::v1::BlobService::NewStub(channel());
  const auto writer = stub->WriteBlob(&context, &response);

  blob::v1::WriteBlobRequest request;
  request.mutable_announced()->set_digest(DigestField(blob.digest));
  request.mutable_announced()->set_size_bytes(blob.size_bytes);
  while (true) {
    const std::string_view chunk = bytes.substr(0, kChunkBytesMax);
    bytes.remove_prefix(chunk.size());
    request.set_data(chunk.data(), chunk.size());
    // A refused write ends the stream; Finish says why.
    if (!writer->Write(request) || bytes.empty()) break;
    request.clear_announced();
  }
  writer->WritesDone();
  RETURN_IF_ERROR(ToStatus(writer->Finish(), address_));
  return blob;
}

std::shared_ptr<grpc::Channel> BlobClient::channel() {
  const MutexLock lock(mutex_);
  if (channel_ == nullptr) channel_ = OpenChannel(address_);
  return channel_;
}

}  // namespace orrery
