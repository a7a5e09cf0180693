#include "client/cpp/blob_transfer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "client/cpp/channel.h"
#include "client/cpp/rpc_status.h"
#include "fmt/format.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"

namespace orrery::client {
namespace {

constexpr std::size_t kChunkBytesMax = 1024 * 1024;
// Rate of the slowest usable link; adds the time of the transfer to the timeout of a call.
constexpr double kBytesPerSecondMin = 1e6;

std::string DigestField(const Digest& digest) {
  return std::string(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
}

}  // namespace

BlobTransfer::BlobTransfer(std::string address, absl::Duration call_timeout)
    : address_(std::move(address)), call_timeout_(call_timeout) {}

BlobTransfer::~BlobTransfer() = default;

absl::Status BlobTransfer::Read(const graph::BlobRef& blob, const ByteSink& sink) {
  grpc::ClientContext context;
  SetDeadline(context, DeadlineFor(blob.size_bytes));
  blob::v1::ReadBlobRequest request;
  request.set_digest(DigestField(blob.digest));
  const auto stub = blob::v1::BlobService::NewStub(channel());
  const auto reader = stub->ReadBlob(&context, request);

  Sha256Stream digest;
  std::uint64_t size_bytes = 0;
  blob::v1::ReadBlobResponse response;
  while (reader->Read(&response)) {
    digest.Update(response.data());
    size_bytes += response.data().size();
    absl::Status taken = size_bytes > blob.size_bytes ? absl::OkStatus() : sink(response.data());
    if (!taken.ok() || size_bytes > blob.size_bytes) {
      context.TryCancel();
      static_cast<void>(reader->Finish());
      RETURN_IF_ERROR(taken);
      break;
    }
  }
  if (size_bytes <= blob.size_bytes) {
    RETURN_IF_ERROR(FromRpcStatus(reader->Finish(), address_));
  }
  if (size_bytes != blob.size_bytes || digest.Finish() != blob.digest) {
    return absl::DataLossError(
        fmt::format("blob {} arrived damaged: expected {} bytes with this digest, got {} bytes",
                    blob.digest.ToHex(), blob.size_bytes, size_bytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<graph::BlobRef> BlobTransfer::Write(std::string_view bytes) {
  const graph::BlobRef blob{.digest = Sha256(bytes), .size_bytes = bytes.size()};
  ASSIGN_OR_RETURN(const bool is_stored, IsStored(blob));
  if (is_stored) return blob;

  grpc::ClientContext context;
  SetDeadline(context, DeadlineFor(blob.size_bytes));
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
  RETURN_IF_ERROR(FromRpcStatus(writer->Finish(), address_));
  return blob;
}

absl::StatusOr<bool> BlobTransfer::IsStored(const graph::BlobRef& blob) {
  grpc::ClientContext context;
  SetDeadline(context, absl::Now() + call_timeout_);
  blob::v1::StatBlobsRequest request;
  request.add_digests(DigestField(blob.digest));
  blob::v1::StatBlobsResponse response;
  const auto stub = blob::v1::BlobService::NewStub(channel());
  RETURN_IF_ERROR(FromRpcStatus(stub->StatBlobs(&context, request, &response), address_));
  return response.found_size() > 0;
}

const std::shared_ptr<grpc::Channel>& BlobTransfer::channel() {
  if (channel_ == nullptr) channel_ = OpenChannel(address_);
  return channel_;
}

absl::Time BlobTransfer::DeadlineFor(std::uint64_t size_bytes) const {
  return absl::Now() + call_timeout_ +
         absl::Seconds(static_cast<double>(size_bytes) / kBytesPerSecondMin);
}

}  // namespace orrery::client
