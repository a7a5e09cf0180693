#include "controller/rpc/stream_gate.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace orrery::rpc {
namespace {

constexpr std::string_view kRetryAdvice = "retry in a moment";

// The floor rate: this many bytes in each slow_stream_time.
constexpr std::uint64_t kStreamBytesMin = 64 * 1024;

}  // namespace

StreamGate::StreamGate(StreamLimits limits, const Clock& clock)
    : limits_(limits), clock_(clock), thread_([this] { Watch(); }) {}

StreamGate::~StreamGate() {
  {
    const MutexLock lock(mutex_);
    is_over_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

absl::Status StreamGate::CheckRoom(const std::string& connection) const {
  RETURN_IF_ERROR(CheckLimit(limits_.blob_streams, "the list of transfers of blobs",
                             streams_.size() + 1, kRetryAdvice, absl::StatusCode::kUnavailable));
  if (connection.empty()) return absl::OkStatus();
  const auto count = std::ranges::count_if(
      streams_, [&](const auto& stream) { return stream.second.connection == connection; });
  return CheckLimit(
      limits_.blob_streams_per_connection, "the list of transfers of blobs of this connection",
      static_cast<std::uint64_t>(count) + 1, kRetryAdvice, absl::StatusCode::kUnavailable);
}

absl::StatusOr<std::unique_ptr<StreamGate::Stream>> StreamGate::Enter(
    const std::string& connection, std::function<void()> cancel) {
  const MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckRoom(connection));
  auto stream = std::make_unique<Stream>(*this);
  streams_[stream.get()] = {
      .connection = connection, .cancel = std::move(cancel), .since = clock_.Now()};
  changed_.NotifyAll();
  return stream;
}

void StreamGate::Leave(Stream& stream) {
  const MutexLock lock(mutex_);
  streams_.erase(&stream);
}

void StreamGate::AddMoved(Stream& stream, std::size_t bytes) {
  const MutexLock lock(mutex_);
  streams_[&stream].bytes += bytes;
}

void StreamGate::EndTransfer(Stream& stream) {
  const MutexLock lock(mutex_);
  streams_[&stream].is_transferring = false;
}

void StreamGate::Watch() {
  const MutexLock lock(mutex_);
  while (!is_over_) {
    if (streams_.empty()) {
      changed_.Wait(mutex_);
    } else {
      changed_.WaitFor(mutex_, limits_.slow_stream_time.duration() / 4);
      CancelSlow();
    }
  }
}

void StreamGate::CancelSlow() {
  const absl::Time now = clock_.Now();
  for (auto& [stream, state] : streams_) {
    if (now - state.since < limits_.slow_stream_time.duration()) continue;
    state.since = now;
    const std::uint64_t bytes = std::exchange(state.bytes, 0);
    if (!state.is_transferring || bytes >= kStreamBytesMin) continue;
    LOG(WARNING, "blob.stream.slow").With("connection", state.connection).With("bytes", bytes);
    state.cancel();
  }
}

}  // namespace orrery::rpc
