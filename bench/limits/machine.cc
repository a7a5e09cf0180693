#include "bench/limits/machine.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/digest.h"
#include "base/file_descriptor.h"
#include "base/status_macros.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/local/connect_pair.hpp"
#include "boost/asio/local/stream_protocol.hpp"
#include "boost/asio/read.hpp"
#include "boost/asio/write.hpp"
#include "fmt/format.h"

namespace orrery::bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

using Message = std::array<char, 100>;

// Sends back what comes, until the other end is closed.
template <class Socket>
void Echo(Socket& socket) {
  Message message{};
  error_code error;
  while (!error) {
    asio::read(socket, asio::buffer(message), error);
    if (!error) asio::write(socket, asio::buffer(message), error);
  }
}

template <class Socket>
absl::StatusOr<Samples> Ping(Socket& near_end, Socket& far_end, std::int64_t count) {
  const pid_t child = ::fork();
  if (child < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (child == 0) {
    near_end.close();
    Echo(far_end);
    ::_exit(0);
  }
  far_end.close();
  Samples samples;
  Message message{};
  error_code error;
  for (std::int64_t i = 0; i < count && !error; ++i) {
    const absl::Duration began = Elapsed();
    asio::write(near_end, asio::buffer(message), error);
    if (!error) asio::read(near_end, asio::buffer(message), error);
    samples.Add(Elapsed() - began);
  }
  near_end.close();
  ::waitpid(child, nullptr, 0);
  if (error) return absl::UnavailableError(fmt::format("the socket broke: {}", error.message()));
  return samples;
}

absl::Status ErrnoStatus(std::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(errno, fmt::format("{} {}", what, path));
}

absl::StatusOr<FileDescriptor> MakeFile(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) return ErrnoStatus("cannot make", path);
  ::unlink(path.c_str());
  return file;
}

// Reads each page, so that none is only promised.
std::uint64_t Touch(std::string_view bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + sizeof(sum) <= bytes.size(); i += sizeof(sum)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    sum += word;
  }
  return sum;
}

// For what is computed and not used.
void Keep(std::uint64_t value) { asm volatile("" : : "r"(value)); }

}  // namespace

absl::StatusOr<Samples> PingOverSocket(bool is_tcp, std::int64_t count) {
  asio::io_context context;
  if (!is_tcp) {
    asio::local::stream_protocol::socket near_end(context);
    asio::local::stream_protocol::socket far_end(context);
    asio::local::connect_pair(near_end, far_end);
    return Ping(near_end, far_end, count);
  }
  using asio::ip::tcp;
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket near_end(context);
  near_end.connect(acceptor.local_endpoint());
  tcp::socket far_end = acceptor.accept();
  near_end.set_option(tcp::no_delay(true));
  far_end.set_option(tcp::no_delay(true));
  return Ping(near_end, far_end, count);
}

absl::StatusOr<Samples> SyncFile(const std::string& folder, std::int64_t count) {
  const std::string path = folder + "/sync.tmp";
  ASSIGN_OR_RETURN(const FileDescriptor file, MakeFile(path));
  const std::string record(100, 'x');
  Samples samples;
  for (std::int64_t i = 0; i < count; ++i) {
    const absl::Duration began = Elapsed();
    RETURN_IF_ERROR(WriteFully(file, record, path));
    if (::fdatasync(file.value()) != 0) return ErrnoStatus("cannot sync", path);
    samples.Add(Elapsed() - began);
  }
  return samples;
}

absl::StatusOr<Samples> WriteAndMap(const std::string& folder, std::int64_t count,
                                    std::int64_t bytes) {
  const std::string path = folder + "/map.tmp";
  const std::string content(static_cast<std::size_t>(bytes), 'x');
  // They stay open, so their bytes stay, as values do: pages that have just become free are
  // cheaper.
  std::vector<FileDescriptor> files;
  Samples samples;
  for (std::int64_t i = 0; i < count; ++i) {
    const absl::Duration began = Elapsed();
    ASSIGN_OR_RETURN(FileDescriptor file, MakeFile(path));
    RETURN_IF_ERROR(WriteFully(file, content, path));
    void* mapped =
        ::mmap(nullptr, content.size(), PROT_READ, MAP_SHARED | MAP_POPULATE, file.value(), 0);
    if (mapped == MAP_FAILED) return ErrnoStatus("cannot map", path);
    Keep(Touch({static_cast<const char*>(mapped), content.size()}));
    ::munmap(mapped, content.size());
    samples.Add(Elapsed() - began);
    files.push_back(std::move(file));
  }
  return samples;
}

absl::Duration CopyMemory(std::int64_t bytes) {
  const std::string source(static_cast<std::size_t>(bytes), 'x');
  std::string target(source.size(), 'y');
  const absl::Duration began = Elapsed();
  std::memcpy(target.data(), source.data(), source.size());
  Keep(static_cast<std::uint64_t>(target.back()));
  return Elapsed() - began;
}

absl::Duration HashMemory(std::int64_t bytes) {
  const std::string source(static_cast<std::size_t>(bytes), 'x');
  const absl::Duration began = Elapsed();
  Keep(Sha256(source).bytes[0]);
  return Elapsed() - began;
}

absl::StatusOr<Samples> SpawnProgram(std::int64_t count) {
  char program[] = "/bin/true";
  char* arguments[] = {program, nullptr};
  Samples samples;
  for (std::int64_t i = 0; i < count; ++i) {
    const absl::Duration began = Elapsed();
    pid_t child = 0;
    errno = ::posix_spawn(&child, program, nullptr, nullptr, arguments, environ);
    if (errno != 0) return ErrnoStatus("cannot run", program);
    ::waitpid(child, nullptr, 0);
    samples.Add(Elapsed() - began);
  }
  return samples;
}

}  // namespace orrery::bench
