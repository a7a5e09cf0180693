#include "controller/rpc/blob_service.h"

#include <fstream>

#include "tests/unit/controller/rpc/server_fixture.h"
#include <gmock/gmock.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

namespace blob_proto = orrery::blob::v1;

class BlobServiceTest : public ServerFixture {
 protected:
  BlobServiceTest() { Start(); }

  // Sends `bytes` in chunks, announced as the blob of `announced`.
  grpc::Status Write(const std::string& announced, const std::string& bytes) {
    grpc::ClientContext context;
    blob_proto::WriteBlobResponse response;
    const auto writer = blobs_->WriteBlob(&context, &response);
    blob_proto::WriteBlobRequest request;
    request.mutable_announced()->set_digest(Sha256(announced).ToBytes());
    request.mutable_announced()->set_size_bytes(announced.size());
    for (std::size_t offset = 0; offset < bytes.size(); offset += kChunk) {
      request.set_data(bytes.substr(offset, kChunk));
      if (!writer->Write(request)) break;
      request.clear_announced();
    }
    writer->WritesDone();
    return writer->Finish();
  }

  grpc::Status Read(const Digest& digest, std::uint64_t offset, std::string& bytes) {
    grpc::ClientContext context;
    blob_proto::ReadBlobRequest request;
    request.set_digest(digest.ToBytes());
    request.set_offset_bytes(offset);
    const auto reader = blobs_->ReadBlob(&context, request);
    blob_proto::ReadBlobResponse response;
    bytes.clear();
    while (reader->Read(&response)) bytes += response.data();
    return reader->Finish();
  }

  static constexpr std::size_t kChunk = 1024 * 1024;
  const std::string large_ = [] {
    std::string bytes;
    while (bytes.size() < 3'000'000) bytes += "0123456789abcdef";
    return bytes;
  }();
};

TEST_F(BlobServiceTest, WhatWasWrittenIsReadFromAnyOffset) {
  ASSERT_TRUE(Write(large_, large_).ok());
  std::string bytes;

  EXPECT_TRUE(Read(Sha256(large_), 0, bytes).ok());
  EXPECT_TRUE(bytes == large_);
  EXPECT_TRUE(Read(Sha256(large_), 2'500'001, bytes).ok());
  EXPECT_TRUE(bytes == large_.substr(2'500'001));
}

TEST_F(BlobServiceTest, OtherBytesThanAnnouncedAreNotStored) {
  std::string same_size = large_;
  same_size[5] = '!';

  EXPECT_EQ(Write(large_, same_size).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Write(large_, large_ + "more").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Write(large_, "less").error_code(), grpc::StatusCode::INVALID_ARGUMENT);

  EXPECT_FALSE(blob_store_->Contains(Sha256(large_)));
  EXPECT_FALSE(blob_store_->Contains(Sha256(same_size)));
}

TEST_F(BlobServiceTest, UnknownBlobIsNotFound) {
  std::string bytes;

  EXPECT_EQ(Read(Sha256("nothing"), 0, bytes).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(BlobServiceTest, DamagedBlobIsDataLossNotItsBytes) {
  const absl::StatusOr<Digest> digest = blob_store_->Put("sound bytes");
  ASSERT_TRUE(digest.ok());
  const std::string path = blob_store_->Path(*digest);
  ASSERT_TRUE(RemoveTree(path).ok());
  std::ofstream(path) << "other bytes";
  std::string bytes;

  EXPECT_EQ(Read(*digest, 0, bytes).error_code(), grpc::StatusCode::DATA_LOSS);
}

TEST_F(BlobServiceTest, StatTellsWhichAreStored) {
  ASSERT_TRUE(blob_store_->Put("stored").ok());
  grpc::ClientContext context;
  blob_proto::StatBlobsRequest request;
  request.add_digests(Sha256("stored").ToBytes());
  request.add_digests(Sha256("missing").ToBytes());
  blob_proto::StatBlobsResponse response;

  EXPECT_TRUE(blobs_->StatBlobs(&context, request, &response).ok());

  ASSERT_THAT(response.found(), SizeIs(1));
  EXPECT_EQ(response.found(0).digest(), Sha256("stored").ToBytes());
  EXPECT_EQ(response.found(0).size_bytes(), 6u);
}

TEST_F(BlobServiceTest, DigestOfAnotherSizeIsRefused) {
  grpc::ClientContext context;
  blob_proto::StatBlobsRequest request;
  request.add_digests("short");
  blob_proto::StatBlobsResponse response;

  const grpc::Status status = blobs_->StatBlobs(&context, request, &response);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("5 bytes, it needs 32"));
}

}  // namespace
}  // namespace orrery::rpc
