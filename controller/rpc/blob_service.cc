#include "controller/rpc/blob_service.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "controller/rpc/status.h"
#include "fmt/format.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"

namespace orrery::rpc {
namespace {

namespace blob_proto = orrery::blob::v1;

// As much as stays in a cache, and as malloc keeps when it is given back.
constexpr std::size_t kSentChunkBytes = 256 * 1024;

// Returns the bytes at the descriptor's offset; empty at the end of the file. The view is valid
// until `buffer` changes.
absl::StatusOr<std::string_view> ReadChunk(const FileDescriptor& file, std::string& buffer,
                                           const std::string& path) {
  ssize_t size = 0;
  do {
    size = ::read(file.value(), buffer.data(), buffer.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return ErrnoStatus(errno, "read", path);
  return std::string_view(buffer).substr(0, static_cast<std::size_t>(size));
}

class BlobService final : public blob_proto::BlobService::Service {
 public:
  BlobService(const blobs::BlobStore& blobs, Limits limits, const Clock& clock)
      : blobs_(blobs), limits_(limits), gate_(limits.streams, clock) {}

  grpc::Status StatBlobs(grpc::ServerContext*, const blob_proto::StatBlobsRequest* request,
                         blob_proto::StatBlobsResponse* response) override {
    return ToGrpcStatus(Stat(*request, *response));
  }

  grpc::Status ReadBlob(grpc::ServerContext* context, const blob_proto::ReadBlobRequest* request,
                        grpc::ServerWriter<blob_proto::ReadBlobResponse>* writer) override {
    const auto stream = Enter(*context);
    if (!stream.ok()) return ToGrpcStatus(stream.status());
    return ToGrpcStatus(Read(*request, *writer, **stream));
  }

  grpc::Status WriteBlob(grpc::ServerContext* context,
                         grpc::ServerReader<blob_proto::WriteBlobRequest>* reader,
                         blob_proto::WriteBlobResponse* response) override {
    const auto stream = Enter(*context);
    if (!stream.ok()) return ToGrpcStatus(stream.status());
    return ToGrpcStatus(Write(*reader, *response->mutable_stored(), **stream));
  }

 private:
  absl::StatusOr<std::unique_ptr<StreamGate::Stream>> Enter(grpc::ServerContext& context) {
    std::string connection = context.peer();
    // gRPC gives all connections of unix sockets the same name. Only this user has them.
    if (connection.starts_with("unix:")) connection.clear();
    return gate_.Enter(connection, [&context] { context.TryCancel(); });
  }

  absl::Status Stat(const blob_proto::StatBlobsRequest& request,
                    blob_proto::StatBlobsResponse& response);
  absl::Status Read(const blob_proto::ReadBlobRequest& request,
                    grpc::ServerWriter<blob_proto::ReadBlobResponse>& writer,
                    StreamGate::Stream& stream);
  absl::Status Write(grpc::ServerReader<blob_proto::WriteBlobRequest>& reader,
                     blob_proto::BlobInfo& stored, StreamGate::Stream& stream);
  absl::Status CheckChunk(const std::string& data) const;

  const blobs::BlobStore& blobs_;
  const Limits limits_;
  StreamGate gate_;
};

absl::Status BlobService::Stat(const blob_proto::StatBlobsRequest& request,
                               blob_proto::StatBlobsResponse& response) {
  RETURN_IF_ERROR(CheckLimit(limits_.stat_digests, "the list of digests",
                             static_cast<std::uint64_t>(request.digests_size()),
                             "ask in several calls"));
  for (const std::string& bytes : request.digests()) {
    ASSIGN_OR_RETURN(const Digest digest, Digest::FromBytes(bytes, "a digest"));
    // The client that asked may refer to the blob later: it must not be removed until then.
    blobs_.Renew(digest);
    const absl::StatusOr<std::uint64_t> size = blobs_.Size(digest);
    if (absl::IsNotFound(size.status())) continue;
    RETURN_IF_ERROR(size.status());
    blob_proto::BlobInfo& found = *response.add_found();
    found.set_digest(bytes);
    found.set_size_bytes(*size);
  }
  return absl::OkStatus();
}

absl::Status BlobService::Read(const blob_proto::ReadBlobRequest& request,
                               grpc::ServerWriter<blob_proto::ReadBlobResponse>& writer,
                               StreamGate::Stream& stream) {
  ASSIGN_OR_RETURN(const Digest digest, Digest::FromBytes(request.digest(), "digest"));
  const std::string path = blobs_.Path(digest);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno != ENOENT) return ErrnoStatus(errno, "open", path);
    return absl::NotFoundError(fmt::format("there is no blob {}", digest.ToHex()));
  }
  // Read from the start even when resuming: only the whole can be compared with the digest.
  Sha256Stream hash;
  std::uint64_t offset = 0;
  std::string buffer(kSentChunkBytes, '\0');
  blob_proto::ReadBlobResponse response;
  while (true) {
    ASSIGN_OR_RETURN(std::string_view chunk, ReadChunk(file, buffer, path));
    if (chunk.empty()) break;
    hash.Update(chunk);
    stream.AddMoved(chunk.size());
    const std::uint64_t end = offset + chunk.size();
    if (end > request.offset_bytes()) {
      if (offset < request.offset_bytes()) chunk.remove_prefix(request.offset_bytes() - offset);
      response.set_data(chunk.data(), chunk.size());
      if (!writer.Write(response)) return absl::CancelledError("the reader has gone");
    }
    offset = end;
  }
  if (hash.Finish() != digest) {
    return absl::DataLossError(
        fmt::format("the stored bytes of blob {} are not what their digest says", digest.ToHex()));
  }
  return absl::OkStatus();
}

absl::Status BlobService::CheckChunk(const std::string& data) const {
  return CheckLimit(limits_.blob_chunk_bytes, "the data of a message", data.size(),
                    "send it in several messages");
}

absl::Status BlobService::Write(grpc::ServerReader<blob_proto::WriteBlobRequest>& reader,
                                blob_proto::BlobInfo& stored, StreamGate::Stream& stream) {
  blob_proto::WriteBlobRequest request;
  if (!reader.Read(&request) || !request.has_announced()) {
    return absl::InvalidArgumentError("the first message does not announce the blob");
  }
  ASSIGN_OR_RETURN(const Digest digest,
                   Digest::FromBytes(request.announced().digest(), "announced digest"));
  const std::uint64_t size_bytes = request.announced().size_bytes();
  ASSIGN_OR_RETURN(BlobWriter writer, blobs_.NewWriter(size_bytes));
  do {
    RETURN_IF_ERROR(CheckChunk(request.data()));
    if (request.data().size() > size_bytes - writer.size_bytes()) {
      return absl::InvalidArgumentError(fmt::format(
          "more bytes came than the {} announced for blob {}", size_bytes, digest.ToHex()));
    }
    stream.AddMoved(request.data().size());
    RETURN_IF_ERROR(writer.Append(request.data()));
  } while (reader.Read(&request));
  stream.EndTransfer();
  if (writer.size_bytes() != size_bytes) {
    return absl::InvalidArgumentError(
        fmt::format("{} bytes came instead of the {} announced for "
                    "blob {}",
                    writer.size_bytes(), size_bytes, digest.ToHex()));
  }
  RETURN_IF_ERROR(writer.Commit(digest).status());
  stored.set_digest(digest.ToBytes());
  stored.set_size_bytes(size_bytes);
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<grpc::Service> MakeBlobService(const blobs::BlobStore& blobs, Limits limits,
                                               const Clock& clock) {
  return std::make_unique<BlobService>(blobs, limits, clock);
}

}  // namespace orrery::rpc
