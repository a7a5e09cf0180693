// The worker's side of the session protocol: connects, declares what it holds, and keeps writing
// what the tasks produce and reading what the controller wants, until the worker leaves.
//
// One thread does all I/O, on a completion queue: a read is always outstanding, one write is in
// flight, and what accumulates meanwhile goes into the next message. What is decided is in
// HeldAttempts. A lost connection is retried with backoff for as long as the worker lives.
//
// Threading: Run is called once, by the I/O thread; Drain by any thread.
#pragma once

#include <memory>
#include <string>

#include "base/random.h"
#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/session_messages.h"
#include "worker_sdk/cpp/session/value_store.h"

namespace orrery {

struct SessionOptions {
  // In gRPC's form.
  std::string address;
  // A storage root that may be the controller's too: its token is shown, if there is one.
  std::string root;
  WorkerIdentity identity;
};

enum class SessionEnd {
  kLeft,     // As asked, by the controller or by Drain.
  kRefused,  // The controller does not want this worker, whatever it tries.
};

struct SessionResult {
  SessionEnd end = SessionEnd::kLeft;
  std::string message;
};

class SessionClient {
 public:
  // What else takes part; all outlive this.
  struct Parts {
    AttemptBoard& board;
    ValueStore& values;
    const Clock& clock;
    Random& random;
  };

  SessionClient(SessionOptions options, Parts parts);
  SessionClient(const SessionClient&) = delete;
  SessionClient& operator=(const SessionClient&) = delete;
  ~SessionClient();

  // Blocks until the worker leaves. Tasks may still run then, if they were told to stop.
  SessionResult Run();

  // Gives back what has not started, finishes what runs, delivers the outcomes, then leaves. At
  // once if nothing is held.
  void Drain(std::string reason);

 private:
  class Loop;

  std::unique_ptr<Loop> loop_;
};

}  // namespace orrery
