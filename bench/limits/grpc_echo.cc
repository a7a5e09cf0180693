#include "bench/limits/grpc_echo.h"

#include <cstdio>
#include <memory>
#include <utility>

#include "fmt/format.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "rpc/channel.h"

namespace orrery::bench {
namespace {

// The methods that the server knows.
constexpr const char* kEcho = "/bench/Echo";
constexpr const char* kDrain = "/bench/Drain";

// One operation is outstanding at a time, so the tag says nothing.
bool Await(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool is_done = false;
  return queue.Next(&tag, &is_done) && is_done;
}

grpc::ByteBuffer MessageOf(std::size_t bytes) {
  const grpc::Slice slice(std::string(bytes, 'x'));
  return grpc::ByteBuffer(&slice, 1);
}

void ServeStream(grpc::GenericServerAsyncReaderWriter& stream, bool is_echo,
                 grpc::CompletionQueue& queue) {
  grpc::ByteBuffer message;
  for (stream.Read(&message, nullptr); Await(queue); stream.Read(&message, nullptr)) {
    if (!is_echo) continue;
    stream.Write(message, nullptr);
    if (!Await(queue)) return;
  }
  stream.Finish(grpc::Status::OK, nullptr);
  Await(queue);
}

// A stream as its client sees it.
class Stream {
 public:
  Stream(const std::string& address, const char* method) : stub_(rpc::OpenChannel(address)) {
    context_.set_wait_for_ready(true);
    stream_ = stub_.PrepareCall(&context_, method, &queue_);
    stream_->StartCall(nullptr);
    is_open_ = Await(queue_);
  }

  bool is_open() const { return is_open_; }
  bool Write(const grpc::ByteBuffer& message) {
    stream_->Write(message, nullptr);
    return Await(queue_);
  }
  bool Read() {
    stream_->Read(&received_, nullptr);
    return Await(queue_);
  }
  // The server has read everything.
  absl::Status Finish() {
    grpc::Status status;
    stream_->WritesDone(nullptr);
    Await(queue_);
    stream_->Finish(&status, nullptr);
    Await(queue_);
    return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.error_message());
  }

 private:
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  grpc::ByteBuffer received_;
  bool is_open_ = false;
};

absl::Status Broken(const std::string& address) {
  return absl::UnavailableError(fmt::format("the stream to {} broke", address));
}

}  // namespace

absl::Status ServeEcho(const std::string& address) {
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterAsyncGenericService(&service);
  const std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(fmt::format("cannot listen on {}", address));
  }
  fmt::print("ready {}\n", port);
  std::fflush(stdout);
  while (true) {
    grpc::GenericServerContext context;
    grpc::GenericServerAsyncReaderWriter stream(&context);
    service.RequestCall(&context, &stream, queue.get(), queue.get(), nullptr);
    if (!Await(*queue)) return absl::OkStatus();
    ServeStream(stream, context.method() == kEcho, *queue);
  }
}

absl::StatusOr<Samples> PingOverGrpc(const std::string& address, const PingOptions& options) {
  Stream stream(address, kEcho);
  const grpc::ByteBuffer message = MessageOf(options.message_bytes);
  bool is_open = stream.is_open();
  for (int i = 0; i < 100 && is_open; ++i) is_open = stream.Write(message) && stream.Read();
  Samples samples;
  for (std::int64_t i = 0; i < options.count && is_open; ++i) {
    if (options.gaps != nullptr) options.gaps->WaitForNext();
    const absl::Duration began = Elapsed();
    is_open = stream.Write(message) && stream.Read();
    samples.Add(Elapsed() - began);
  }
  if (!is_open) return Broken(address);
  if (absl::Status status = stream.Finish(); !status.ok()) return status;
  return samples;
}

absl::StatusOr<absl::Duration> StreamOverGrpc(const std::string& address, std::int64_t count,
                                              std::size_t message_bytes) {
  Stream stream(address, kDrain);
  const grpc::ByteBuffer message = MessageOf(message_bytes);
  const absl::Duration began = Elapsed();
  bool is_open = stream.is_open();
  for (std::int64_t i = 0; i < count && is_open; ++i) is_open = stream.Write(message);
  if (!is_open) return Broken(address);
  if (absl::Status status = stream.Finish(); !status.ok()) return status;
  return Elapsed() - began;
}

}  // namespace orrery::bench
