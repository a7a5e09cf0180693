#include "rpc/blob_client.h"

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/mutex.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::ElementsAre;

namespace blob_proto = orrery::blob::v1;

// A controller that ends the first transfers before their end, with `code`.
class BusyBlobs final : public blob_proto::BlobService::Service {
 public:
  grpc::Status ReadBlob(grpc::ServerContext*, const blob_proto::ReadBlobRequest* request,
                        grpc::ServerWriter<blob_proto::ReadBlobResponse>* writer) override {
    const bool is_ended = Begin(request->offset_bytes());
    const std::string_view rest = std::string_view(content).substr(request->offset_bytes());
    blob_proto::ReadBlobResponse response;
    response.set_data(std::string(rest.substr(0, is_ended ? 10 : rest.size())));
    writer->Write(response);
    return End(is_ended);
  }

  grpc::Status WriteBlob(grpc::ServerContext*,
                         grpc::ServerReader<blob_proto::WriteBlobRequest>* reader,
                         blob_proto::WriteBlobResponse*) override {
    const bool is_ended = Begin(0);
    blob_proto::WriteBlobRequest request;
    while (!is_ended && reader->Read(&request)) {
    }
    return End(is_ended);
  }

  const std::string content = std::string(100, 'a') + std::string(100, 'b');
  int ended_first = 0;
  grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE;

  std::vector<std::uint64_t> offsets() {
    const MutexLock lock(mutex_);
    return offsets_;
  }
  int most_at_once() {
    const MutexLock lock(mutex_);
    return most_at_once_;
  }

 private:
  bool Begin(std::uint64_t offset) {
    const MutexLock lock(mutex_);
    offsets_.push_back(offset);
    most_at_once_ = std::max(most_at_once_, ++running_);
    return static_cast<int>(offsets_.size()) <= ended_first;
  }
  grpc::Status End(bool is_ended) {
    const MutexLock lock(mutex_);
    --running_;
    return is_ended ? grpc::Status(code, "too many others") : grpc::Status::OK;
  }

  Mutex mutex_;
  std::vector<std::uint64_t> offsets_ GUARDED_BY(mutex_);
  int running_ GUARDED_BY(mutex_) = 0;
  int most_at_once_ GUARDED_BY(mutex_) = 0;
};

class BlobClientTest : public ::testing::Test {
 protected:
  BlobClientTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&blobs_);
    server_ = builder.BuildAndStart();
  }

  graph::BlobRef Blob() const {
    return {.digest = Sha256(blobs_.content), .size_bytes = blobs_.content.size()};
  }

  const absl::StatusOr<TempDirectory> directory_ = TempDirectory::Create();
  const std::string address_ = "unix:" + directory_->path() + "/s";
  BusyBlobs blobs_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(BlobClientTest, ReadThatIsEndedGoesOnWhereItWas) {
  blobs_.ended_first = 2;
  BlobClient client({.address = address_, .retry_timeout = absl::Seconds(20)});

  const absl::StatusOr<std::string> bytes = client.Read(Blob());

  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, blobs_.content);
  EXPECT_THAT(blobs_.offsets(), ElementsAre(0, 10, 20));
}

TEST_F(BlobClientTest, WriteThatIsRefusedIsRetried) {
  blobs_.ended_first = 2;
  BlobClient client({.address = address_, .retry_timeout = absl::Seconds(20)});

  EXPECT_TRUE(client.Write(blobs_.content).ok());
  EXPECT_EQ(blobs_.offsets().size(), 3U);
}

TEST_F(BlobClientTest, WithoutTimeForRetriesTheErrorIsReturned) {
  blobs_.ended_first = 1;
  BlobClient client({.address = address_});

  EXPECT_TRUE(absl::IsUnavailable(client.Write(blobs_.content).status()));
}

TEST_F(BlobClientTest, OtherErrorsAreNotRetried) {
  blobs_.ended_first = 1;
  blobs_.code = grpc::StatusCode::RESOURCE_EXHAUSTED;
  BlobClient client({.address = address_, .retry_timeout = absl::Seconds(20)});

  EXPECT_TRUE(absl::IsResourceExhausted(client.Write(blobs_.content).status()));
}

TEST_F(BlobClientTest, NoMoreTransfersRunAtOnceThanAConnectionMayHave) {
  BlobClient client({.address = address_});
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE(client.Read(Blob()).ok()); });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(blobs_.offsets().size(), 20U);
  EXPECT_LE(blobs_.most_at_once(), 4);
}

}  // namespace
}  // namespace orrery::rpc
