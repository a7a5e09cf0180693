// Bytes on the controller's socket: half a preface, frames of HTTP/2 in any order, calls of gRPC
// that are wrong in any way. The connection must end when its client has sent all, and others be
// served.
//
// The controller outlives each input: a connection leaves nothing behind.
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/check.h"
#include "base/file_descriptor.h"
#include "base/uuid.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/controller/rpc/test_server.h"

namespace orrery::fuzz {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kSettings("\0\0\0\4\0\0\0\0\0", 9);
constexpr int kPatienceMs = 10'000;

class Controller : public rpc::TestServer {
 public:
  Controller() { Start(); }

  void CheckServes() {
    grpc::ClientContext context;
    orrery::workflow::v1::GetWorkflowRequest request;
    request.set_workflow_id(Uuid::FromInteger(1).ToString());
    orrery::workflow::v1::GetWorkflowResponse response;
    const grpc::Status status = workflows_->GetWorkflow(&context, request, &response);
    CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  }
};

Controller& TheController() {
  static Controller controller;
  return controller;
}

// A frame whose length is right: https://www.rfc-editor.org/rfc/rfc9113.html#name-frame-format
std::string Frame(ByteReader& reader) {
  const auto type = static_cast<char>(reader.Byte());
  const auto flags = static_cast<char>(reader.Byte());
  const auto stream = static_cast<char>(reader.Byte());
  const std::string_view payload = reader.Text(255);
  std::string frame = {'\0', '\0',  static_cast<char>(payload.size()), type, flags, '\0', '\0',
                       '\0', stream};
  return frame.append(payload);
}

std::string Connection(ByteReader& reader) {
  std::string bytes;
  const std::size_t form = reader.Below(4);
  if (form == 0) return std::string(reader.Text(255));
  bytes += kPreface;
  if (form == 1) return bytes.append(reader.Text(255));
  bytes += kSettings;
  while (!reader.is_at_end()) bytes += Frame(reader);
  return bytes;
}

FileDescriptor Connect() {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = TheController().socket_path();
  std::memcpy(address.sun_path, path.data(), path.size());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(connect(socket.value(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  return socket;
}

void ReadToEnd(const FileDescriptor& socket) {
  std::array<char, 4096> bytes{};
  while (true) {
    pollfd watched = {socket.value(), POLLIN, 0};
    const int ready = poll(&watched, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;  // The fuzzer's clock.
    CHECK(ready == 1);
    const ssize_t size = recv(socket.value(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

}  // namespace

void TestOneInput(std::string_view bytes) {
  ByteReader reader(bytes);
  const std::string sent = Connection(reader);
  {
    const FileDescriptor socket = Connect();
    // The controller may have closed it already.
    (void)send(socket.value(), sent.data(), sent.size(), MSG_NOSIGNAL);
    shutdown(socket.value(), SHUT_WR);
    ReadToEnd(socket);
  }
  TheController().CheckServes();
}

}  // namespace orrery::fuzz
