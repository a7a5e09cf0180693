#include "rpc/blob_client.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/backoff.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "fmt/format.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "rpc/channel.h"

namespace orrery::rpc {
namespace {

// Stays in a cache, and malloc keeps a block of this size when it is freed.
constexpr std::size_t kChunkBytes = 256 * 1024;
// Memory reserved for a blob before its bytes come: a message states the size.
constexpr std::uint64_t kReservedBytes = 256 * 1024 * 1024;
constexpr double kBytesPerSecondMin = 1e6;
// As the controller's limit blob_streams_per_connection.
constexpr int kTransfersAtOnce = 4;
constexpr BackoffLimits kRetryDelays{.first = absl::Milliseconds(20), .max = absl::Seconds(1)};

// kCancelled: the controller ends a transfer that stands still.
bool IsWorthRetrying(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

BlobClient::BlobClient(BlobClientOptions options) : options_(std::move(options)) {}

BlobClient::~BlobClient() = default;

absl::Status BlobClient::Transfer(const std::function<absl::Status()>& transfer) {
  const absl::Time give_up_at = absl::Now() + options_.retry_timeout;
  SystemRandom random;
  Backoff backoff(kRetryDelays);
  {
    const MutexLock lock(mutex_);
    while (transfers_ >= kTransfersAtOnce) changed_.Wait(mutex_);
    ++transfers_;
  }
  absl::Status status = transfer();
  while (IsWorthRetrying(status) && absl::Now() < give_up_at) {
    {
      const MutexLock lock(mutex_);
      const absl::Time next = absl::Now() + backoff.NextWithJitter(random);
      while (absl::Now() < next) changed_.WaitFor(mutex_, next - absl::Now());
    }
    status = transfer();
  }
  const MutexLock lock(mutex_);
  --transfers_;
  changed_.NotifyAll();
  return status;
}

absl::Status BlobClient::Read(const graph::BlobRef& blob, const ByteSink& sink) {
  Received received;
  RETURN_IF_ERROR(Transfer([&] { return ReadRest(blob, sink, received); }));
  if (received.size_bytes != blob.size_bytes || received.digest.Finish() != blob.digest) {
    return absl::DataLossError(
        fmt::format("blob {} of {} bytes came as {} bytes that are not what its digest says",
                    blob.digest.ToHex(), blob.size_bytes, received.size_bytes));
  }
  return absl::OkStatus();
}

absl::Status BlobClient::ReadRest(const graph::BlobRef& blob, const ByteSink& sink,
                                  Received& received) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(DeadlineFor(blob.size_bytes)));
  blob::v1::ReadBlobRequest request;
  request.set_digest(blob.digest.ToBytes());
  request.set_offset_bytes(received.size_bytes);
  const auto stub = blob::v1::BlobService::NewStub(channel());
  const auto reader = stub->ReadBlob(&context, request);

  absl::Status sunk;
  blob::v1::ReadBlobResponse response;
  while (sunk.ok() && received.size_bytes <= blob.size_bytes && reader->Read(&response)) {
    received.digest.Update(response.data());
    received.size_bytes += response.data().size();
    if (received.size_bytes <= blob.size_bytes) sunk = sink(response.data());
  }
  const bool is_cut_short = !sunk.ok() || received.size_bytes > blob.size_bytes;
  if (is_cut_short) context.TryCancel();
  const grpc::Status status = reader->Finish();
  RETURN_IF_ERROR(sunk);
  return is_cut_short ? absl::OkStatus() : FromGrpcStatus(status, options_.address);
}

absl::StatusOr<std::string> BlobClient::Read(const graph::BlobRef& blob) {
  std::string bytes;
  bytes.reserve(std::min(blob.size_bytes, kReservedBytes));
  RETURN_IF_ERROR(Read(blob, [&bytes](std::string_view piece) {
    bytes += piece;
    return absl::OkStatus();
  }));
  return bytes;
}

absl::StatusOr<graph::BlobRef> BlobClient::Write(std::string_view bytes) {
  const graph::BlobRef blob{.digest = Sha256(bytes), .size_bytes = bytes.size()};
  RETURN_IF_ERROR(Send(blob, bytes));
  return blob;
}

absl::StatusOr<graph::BlobRef> BlobClient::WriteIfMissing(std::string_view bytes) {
  const graph::BlobRef blob{.digest = Sha256(bytes), .size_bytes = bytes.size()};
  ASSIGN_OR_RETURN(const bool is_stored, IsStored(blob));
  if (!is_stored) RETURN_IF_ERROR(Send(blob, bytes));
  return blob;
}

absl::Status BlobClient::Send(const graph::BlobRef& blob, std::string_view bytes) {
  return Transfer([&] { return SendOnce(blob, bytes); });
}

absl::Status BlobClient::SendOnce(const graph::BlobRef& blob, std::string_view bytes) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(DeadlineFor(blob.size_bytes)));
  blob::v1::WriteBlobResponse response;
  const auto stub = blob::v1::BlobService::NewStub(channel());
  const auto writer = stub->WriteBlob(&context, &response);

  blob::v1::WriteBlobRequest request;
  request.mutable_announced()->set_digest(blob.digest.ToBytes());
  request.mutable_announced()->set_size_bytes(blob.size_bytes);
  while (true) {
    const std::string_view chunk = bytes.substr(0, kChunkBytes);
    bytes.remove_prefix(chunk.size());
    request.set_data(chunk.data(), chunk.size());
    // A refused write ends the stream; Finish says why.
    if (!writer->Write(request) || bytes.empty()) break;
    request.clear_announced();
  }
  writer->WritesDone();
  return FromGrpcStatus(writer->Finish(), options_.address);
}

absl::StatusOr<bool> BlobClient::IsStored(const graph::BlobRef& blob) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(DeadlineFor(0)));
  blob::v1::StatBlobsRequest request;
  request.add_digests(blob.digest.ToBytes());
  blob::v1::StatBlobsResponse response;
  const auto stub = blob::v1::BlobService::NewStub(channel());
  RETURN_IF_ERROR(FromGrpcStatus(stub->StatBlobs(&context, request, &response), options_.address));
  return response.found_size() > 0;
}

std::shared_ptr<grpc::Channel> BlobClient::channel() {
  const MutexLock lock(mutex_);
  if (channel_ == nullptr) channel_ = OpenChannel(options_.address);
  return channel_;
}

absl::Time BlobClient::DeadlineFor(std::uint64_t size_bytes) const {
  return absl::Now() + options_.call_timeout +
         absl::Seconds(static_cast<double>(size_bytes) / kBytesPerSecondMin);
}

}  // namespace orrery::rpc
