// The blob service, called over gRPC inside this process by clients that announce one thing and
// send another.
//
// The store outlives each input, which changes nothing that is checked: a blob is named by its
// content.
#include "controller/rpc/blob_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "controller/blobs/blob_store.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/fuzz_target.h"

namespace orrery::fuzz {
namespace {

namespace blob_proto = orrery::blob::v1;

// Small, so that small inputs reach them.
rpc::Limits TightLimits() {
  rpc::Limits limits;
  limits.stat_digests.max = 4;
  limits.blob_chunk_bytes.max = 16;
  return limits;
}
constexpr std::uint64_t kBlobBytesMax = 100;

class Service {
 public:
  Service()
      : directory_(*TempDirectory::Create("/dev/shm")),
        store_(*blobs::BlobStore::Open({.root = directory_.path(),
                                        .sync = Sync::kNone,
                                        .blob_bytes = {.max = kBlobBytesMax}})),
        service_(rpc::MakeBlobService(store_, TightLimits(), clock_)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = blob_proto::BlobService::NewStub(server_->InProcessChannel({}));
  }

  blob_proto::BlobService::Stub& stub() { return *stub_; }

 private:
  TempDirectory directory_;
  blobs::BlobStore store_;
  SystemClock clock_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<blob_proto::BlobService::Stub> stub_;
};

blob_proto::BlobService::Stub& Blobs() {
  static Service service;
  return service.stub();
}

// Nothing that a client sends is the service's own mistake.
void CheckCode(const grpc::Status& status) {
  CHECK(status.error_code() != grpc::StatusCode::INTERNAL);
  CHECK(status.error_code() != grpc::StatusCode::UNKNOWN);
}

// Mostly the digest of `bytes`.
std::string MakeDigest(ByteReader& reader, std::string_view bytes) {
  switch (reader.Below(8)) {
    case 0:
      return std::string(reader.Text(64));
    case 1:
      return Sha256(reader.Text(64)).ToBytes();
    default:
      return Sha256(bytes).ToBytes();
  }
}

grpc::Status Read(const std::string& digest, std::uint64_t offset, std::string& bytes) {
  grpc::ClientContext context;
  blob_proto::ReadBlobRequest request;
  request.set_digest(digest);
  request.set_offset_bytes(offset);
  const auto reader = Blobs().ReadBlob(&context, request);
  blob_proto::ReadBlobResponse response;
  while (reader->Read(&response)) bytes += response.data();
  return reader->Finish();
}

void Write(ByteReader& reader) {
  std::vector<std::string> chunks;
  std::string bytes;
  const std::size_t count = reader.Below(6);
  for (std::size_t i = 0; i < count; ++i) {
    chunks.emplace_back(reader.Text(24));
    bytes += chunks.back();
  }
  blob_proto::WriteBlobRequest request;
  if (reader.Below(8) != 1) {
    request.mutable_announced()->set_digest(MakeDigest(reader, bytes));
    request.mutable_announced()->set_size_bytes(reader.Below(8) == 1 ? reader.Number()
                                                                     : bytes.size());
  }
  const std::string announced = request.announced().digest();

  grpc::ClientContext context;
  blob_proto::WriteBlobResponse response;
  const auto writer = Blobs().WriteBlob(&context, &response);
  for (std::string& chunk : chunks) {
    request.set_data(std::move(chunk));
    if (!writer->Write(request)) break;
    if (reader.Below(8) != 1) request.clear_announced();
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  CheckCode(status);
  if (!status.ok()) return;
  std::string stored;
  CHECK(Read(announced, 0, stored).ok());
  CHECK(Sha256(stored).ToBytes() == announced);
}

void ReadAny(ByteReader& reader) {
  std::string bytes;
  const std::string digest = MakeDigest(reader, reader.Text(64));
  const grpc::Status status = Read(digest, reader.Chance() ? reader.Number() : 3, bytes);
  CheckCode(status);
  CHECK(bytes.size() <= kBlobBytesMax);
}

void Stat(ByteReader& reader) {
  blob_proto::StatBlobsRequest request;
  const std::size_t count = reader.Below(6);
  for (std::size_t i = 0; i < count; ++i) request.add_digests(MakeDigest(reader, reader.Text(64)));
  grpc::ClientContext context;
  blob_proto::StatBlobsResponse response;
  CheckCode(Blobs().StatBlobs(&context, request, &response));
  CHECK(response.found_size() <= request.digests_size());
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  ByteReader reader(bytes);
  for (int i = 0; i < 8 && !reader.is_at_end(); ++i) {
    switch (reader.Below(3)) {
      case 0:
        Write(reader);
        break;
      case 1:
        ReadAny(reader);
        break;
      default:
        Stat(reader);
    }
  }
}

}  // namespace orrery::fuzz
