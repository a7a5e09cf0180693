// Admits streams that occupy a thread each, and ends those that hardly move.
//
// Threads are few, and a stream holds one for as long as its client likes. So a stream beyond the
// limits is refused at once, and one that moves too few bytes is cancelled.
//
// Threading: thread-safe. A thread of its own looks for slow streams while there are streams.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/limit.h"
#include "base/mutex.h"

namespace orrery::rpc {

struct StreamLimits {
  Limit blob_streams{.name = "blob_streams",
                     .max = 12,
                     .unit = LimitUnit::kCount,
                     .of = "transfers of blobs at a time",
                     .beyond = "kUnavailable; Orrery's clients and workers retry"};
  Limit blob_streams_per_connection{.name = "blob_streams_per_connection",
                                    .max = 4,
                                    .unit = LimitUnit::kCount,
                                    .of = "transfers of blobs at a time of one TCP connection",
                                    .beyond = "kUnavailable; Orrery's clients and workers retry"};
  Limit slow_stream_time{.name = "slow_stream_time",
                         .max = 10'000,
                         .unit = LimitUnit::kMilliseconds,
                         .of = "a transfer of a blob in which fewer than 64 KiB move",
                         .beyond = "the transfer is cancelled"};
};

class StreamGate {
 public:
  // An admitted stream, until it is destroyed.
  class Stream {
   public:
    explicit Stream(StreamGate& gate) : gate_(gate) {}
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() { gate_.Leave(*this); }

    void AddMoved(std::size_t bytes) { gate_.AddMoved(*this, bytes); }
    // From now on the stream waits for this process only.
    void EndTransfer() { gate_.EndTransfer(*this); }

   private:
    StreamGate& gate_;
  };

  // Requires: `clock` outlives the gate.
  StreamGate(StreamLimits limits, const Clock& clock);
  StreamGate(const StreamGate&) = delete;
  StreamGate& operator=(const StreamGate&) = delete;
  // Requires: all streams have ended.
  ~StreamGate();

  // `connection` tells connections apart; those without a name have no limit of their own.
  // `cancel` is called under a lock, at most once for each slow_stream_time.
  //
  // Errors: kUnavailable names the limit.
  absl::StatusOr<std::unique_ptr<Stream>> Enter(const std::string& connection,
                                                std::function<void()> cancel) EXCLUDES(mutex_);

 private:
  struct State {
    std::string connection;
    std::function<void()> cancel;
    absl::Time since;
    std::uint64_t bytes = 0;  // Moved since then.
    bool is_transferring = true;
  };

  void Leave(Stream& stream) EXCLUDES(mutex_);
  void AddMoved(Stream& stream, std::size_t bytes) EXCLUDES(mutex_);
  void EndTransfer(Stream& stream) EXCLUDES(mutex_);
  absl::Status CheckRoom(const std::string& connection) const REQUIRES(mutex_);
  void Watch() EXCLUDES(mutex_);
  void CancelSlow() REQUIRES(mutex_);

  const StreamLimits limits_;
  const Clock& clock_;

  Mutex mutex_;
  CondVar changed_;
  std::map<Stream*, State> streams_ GUARDED_BY(mutex_);
  bool is_over_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace orrery::rpc
