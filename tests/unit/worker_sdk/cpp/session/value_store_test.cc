#include "worker_sdk/cpp/session/value_store.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/blob_layout.h"
#include "base/file.h"
#include "base/file_descriptor.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "orrery/blob/v1/blob_service.grpc.pb.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

// Records the paths that this thread syncs; null: records nothing.
thread_local std::vector<std::string>* synced_paths = nullptr;

}  // namespace

// Replaces the C library's fsync, which leaves no trace that a test could read.
extern "C" int fsync(int file) {
  if (synced_paths != nullptr) {
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    synced_paths->push_back(std::filesystem::read_symlink(link));
  }
  return static_cast<int>(::syscall(SYS_fsync, file));
}

namespace orrery {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string DigestBytes(std::string_view bytes) {
  const Digest digest = Sha256(bytes);
  return std::string(digest.bytes.begin(), digest.bytes.end());
}

// Returns true if the bytes are in a mapped file, not in memory of this process.
bool IsMapped(const char* bytes) {
  std::ifstream maps("/proc/self/maps");
  const auto address = reinterpret_cast<std::uintptr_t>(bytes);
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    if (std::sscanf(line.c_str(), "%zx-%zx", &begin, &end) != 2) continue;
    if (begin <= address && address < end) return line.find("/blobs/") != std::string::npos;
  }
  return false;
}

// Keeps blobs in memory.
class FakeBlobService : public blob::v1::BlobService::Service {
 public:
  grpc::Status ReadBlob(grpc::ServerContext*, const blob::v1::ReadBlobRequest* request,
                        grpc::ServerWriter<blob::v1::ReadBlobResponse>* writer) override {
    const MutexLock lock(mutex_);
    const auto it = blobs_.find(request->digest());
    if (it == blobs_.end()) return {grpc::StatusCode::NOT_FOUND, "no such blob"};
    for (std::size_t offset = 0; offset < it->second.size(); offset += kChunk) {
      blob::v1::ReadBlobResponse response;
      response.set_data(it->second.substr(offset, kChunk));
      writer->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status WriteBlob(grpc::ServerContext*,
                         grpc::ServerReader<blob::v1::WriteBlobRequest>* reader,
                         blob::v1::WriteBlobResponse* response) override {
    std::string bytes;
    blob::v1::WriteBlobRequest request;
    while (reader->Read(&request)) {
      if (request.has_announced()) *response->mutable_stored() = request.announced();
      EXPECT_LE(request.data().size(), kChunk);
      bytes += request.data();
    }
    EXPECT_EQ(response->stored().digest(), DigestBytes(bytes));
    EXPECT_EQ(response->stored().size_bytes(), bytes.size());
    const MutexLock lock(mutex_);
    blobs_[DigestBytes(bytes)] = bytes;
    return grpc::Status::OK;
  }

  void Put(const std::string& digest, const std::string& bytes) {
    const MutexLock lock(mutex_);
    blobs_[digest] = bytes;
  }

 private:
  static constexpr std::size_t kChunk = 1024 * 1024;

  Mutex mutex_;
  std::map<std::string, std::string> blobs_ GUARDED_BY(mutex_);
};

// Listens at the controller's address, but serves nothing.
class ClosingListener {
 public:
  explicit ClosingListener(const std::string& path) : path_(path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(
        ::bind(listener_.value(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_.value(), 1), 0);
  }

  // Waits for one connection, closes it and stops listening.
  void CloseOneConnection() {
    const FileDescriptor connection(::accept(listener_.value(), nullptr, nullptr));
    EXPECT_TRUE(connection.is_open());
    EXPECT_TRUE(listener_.Close(path_).ok());
    EXPECT_EQ(::unlink(path_.c_str()), 0);
  }

 private:
  const std::string path_;
  FileDescriptor listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

class ValueStoreTest : public ::testing::Test {
 protected:
  ~ValueStoreTest() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  void Serve() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  std::string SocketPath() const { return directory_.path() + "/s"; }

  ValueStore::Settings WithRoot() const {
    return {.storage_root = directory_.path(), .inline_bytes_max = 1000};
  }

  static graph::ValuePtr Bytes(std::string bytes) {
    return std::make_shared<graph::Value>(graph::BytesValue(std::move(bytes)));
  }

  absl::StatusOr<graph::ValuePtr> Store(const graph::ValuePtr& value) {
    return store_.Store(value, 1 << 20, source_.token());
  }
  absl::StatusOr<graph::ValuePtr> Load(const graph::ValuePtr& value) {
    return store_.Load(value, source_.token());
  }
  // Stores `large_`; returns what was synced, in order.
  std::vector<std::string> PathsSyncedByStore() {
    std::vector<std::string> paths;
    synced_paths = &paths;
    const auto stored = Store(Bytes(large_));
    synced_paths = nullptr;
    EXPECT_TRUE(stored.ok()) << stored.status();
    return paths;
  }

  TempDirectory directory_ = TempDirectory::Create().value();
  std::string address_ = "unix:" + SocketPath();
  std::string large_ = std::string(3'000'000, 'x') + "end";
  FakeBlobService service_;
  std::unique_ptr<grpc::Server> server_;
  CancellationSource source_;
  ValueStore store_{{.address = address_, .owner = "test"}};
};

TEST_F(ValueStoreTest, SmallValueStaysInline) {
  store_.Configure({.storage_root = "", .inline_bytes_max = 5});

  const graph::ValuePtr value = Bytes("12345");

  EXPECT_EQ(*Store(value), value);
}

TEST_F(ValueStoreTest, ValueBeyondTheBudgetOfItsOutcomeBecomesABlob) {
  store_.Configure(WithRoot());

  const auto stored = store_.Store(Bytes("12345"), 4, source_.token());

  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_FALSE((*stored)->is_inline());
}

TEST_F(ValueStoreTest, WorkerWithTheRootReadsAndWritesFilesUnderIt) {
  store_.Configure(WithRoot());

  const auto stored = Store(Bytes(large_));

  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ((*stored)->blob().digest, Sha256(large_));
  EXPECT_EQ(*ReadFile(BlobPath(directory_.path(), Sha256(large_)), 1 << 24), large_);
  EXPECT_EQ((*Load(*stored))->bytes(), large_);
  EXPECT_EQ((*Load(*stored))->media_type, graph::kMediaTypeBytes);
}

TEST_F(ValueStoreTest, LargeFileIsMappedAndOutlivesItsName) {
  store_.Configure(WithRoot());
  const auto stored = Store(Bytes(large_));
  ASSERT_TRUE(stored.ok());

  const auto loaded = Load(*stored);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_TRUE(RemoveTree(BlobPath(directory_.path(), Sha256(large_))).ok());

  EXPECT_TRUE(IsMapped((*loaded)->bytes().data()));
  EXPECT_EQ((*loaded)->bytes(), large_);
}

TEST_F(ValueStoreTest, SmallFileIsRead) {
  store_.Configure(WithRoot());
  const std::string bytes(100'000, 'x');
  const auto stored = Store(Bytes(bytes));
  ASSERT_TRUE(stored.ok());

  const auto loaded = Load(*stored);

  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_FALSE(IsMapped((*loaded)->bytes().data()));
  EXPECT_EQ((*loaded)->bytes(), bytes);
}

TEST_F(ValueStoreTest, LoadedBytesAreStoredAgainAsTheSameBlob) {
  store_.Configure(WithRoot());
  const auto stored = Store(Bytes(large_));
  ASSERT_TRUE(stored.ok());

  const auto again = Store(*Load(*stored));

  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(**again, **stored);
}

TEST_F(ValueStoreTest, BlobFileIsSyncedBeforeItsFolders) {
  store_.Configure(WithRoot());

  EXPECT_THAT(
      PathsSyncedByStore(),
      ElementsAre(StartsWith(BlobTemporaryDirectory(directory_.path()) + "/test."),
                  BlobDirectory(directory_.path(), Sha256(large_)), directory_.path() + "/blobs"));
}

TEST_F(ValueStoreTest, NothingIsSyncedIfTheControllerAsksForNoSync) {
  ValueStore::Settings settings = WithRoot();
  settings.sync = Sync::kNone;
  store_.Configure(settings);

  EXPECT_THAT(PathsSyncedByStore(), IsEmpty());
}

TEST_F(ValueStoreTest, ShortenedFileIsDataLoss) {
  store_.Configure(WithRoot());
  const auto stored = Store(Bytes(large_));
  ASSERT_TRUE(stored.ok());
  const std::string path = BlobPath(directory_.path(), Sha256(large_));
  ASSERT_TRUE(WriteFileAtomically(path, "short", Sync::kNone).ok());

  EXPECT_EQ(Load(*stored).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(ValueStoreTest, MissingFileIsNotFound) {
  store_.Configure(WithRoot());

  const auto loaded = Load(std::make_shared<graph::Value>(
      graph::Value{graph::BlobRef{Sha256("x"), 1}, "application/json", ""}));

  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ValueStoreTest, WorkerWithoutTheRootUsesTheBlobService) {
  Serve();
  store_.Configure({.storage_root = "", .inline_bytes_max = 1000});

  const auto stored = Store(Bytes(large_));

  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ((*stored)->blob(), (graph::BlobRef{Sha256(large_), large_.size()}));
  EXPECT_EQ((*Load(*stored))->bytes(), large_);
}

TEST_F(ValueStoreTest, BytesThatDoNotHaveTheirDigestAreDataLoss) {
  Serve();
  store_.Configure({.storage_root = "", .inline_bytes_max = 1000});
  service_.Put(DigestBytes("right"), "wrong");
  service_.Put(DigestBytes("long"), "longer");

  for (const std::string content : {"right", "long"}) {
    const auto loaded = Load(std::make_shared<graph::Value>(
        graph::Value{graph::BlobRef{Sha256(content), content.size()}, "application/json", ""}));
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kDataLoss) << content;
  }
}

TEST_F(ValueStoreTest, ControllerThatIsAwayIsWaitedFor) {
  store_.Configure({.storage_root = "", .inline_bytes_max = 1000});
  absl::StatusOr<graph::ValuePtr> stored = absl::UnknownError("not called");
  ClosingListener away(SocketPath());
  std::thread writer([&] { stored = Store(Bytes(large_)); });

  away.CloseOneConnection();
  Serve();
  writer.join();

  EXPECT_TRUE(stored.ok()) << stored.status();
}

TEST_F(ValueStoreTest, CancellationEndsTheWait) {
  store_.Configure({.storage_root = "", .inline_bytes_max = 1000});
  source_.Cancel("enough");

  const absl::Status status = Store(Bytes(large_)).status();

  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_THAT(status.message(), HasSubstr("cancelled while waiting for the storage"));
}

}  // namespace
}  // namespace orrery
