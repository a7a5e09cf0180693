// Runs the worker's side of the session protocol: connects, declares the attempts that the worker
// holds, writes outcomes and logs, and reads assignments and orders, until the worker leaves.
//
// The threads that run tasks also do the I/O, on a completion queue. One of them polls, and runs an
// attempt that it reads the assignment of. Meanwhile another thread polls, unless the task was
// short lately: waking that thread would cost more than the task. Then one thread only checks every
// few milliseconds that the task is still short, and polls if it is not. So a short task needs no
// second thread; and since there is one thread more than slots, some thread always polls again.
//
// A read is always outstanding, at most one write is in flight, and everything that accumulates
// meanwhile goes into the next message. HeldAttempts makes the decisions. A lost connection is
// retried with backoff for as long as the worker lives.
//
// Threading: Run is called once; everything else is thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/limit.h"
#include "base/random.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "worker_sdk/cpp/session/attempt_board.h"
#include "worker_sdk/cpp/session/session_messages.h"
#include "worker_sdk/cpp/session/value_store.h"

namespace orrery {

struct SessionOptions {
  // In gRPC's form.
  std::string address;
  // A storage root that may be the controller's, too: blobs are read and written below it if the
  // controller sees the proof that is made there. Otherwise they are streamed.
  std::string root;
  model::WorkerDescription worker;
  Limit all_stuck_time{.name = "all_stuck_time",
                       .max = 60'000,
                       .unit = LimitUnit::kMilliseconds,
                       .of =
                           "time in which every slot of a worker is held by a task that ignores "
                           "its timeout or cancellation",
                       .beyond = "the worker drains and ends; its pool starts another"};
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
  // Collaborators; they must outlive this object.
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

  // Waits until the worker leaves: others call NextAttempt meanwhile. Tasks may still run then, if
  // they were told to stop.
  SessionResult Run();

  // Does what the session needs until there is an attempt to run; nothing: the session is over.
  std::optional<StartedAttempt> NextAttempt();
  // For every attempt that NextAttempt gave.
  void Finish(const StartedAttempt& started, model::TaskResult result);

  // Gives back what has not started, finishes what runs, delivers the outcomes, then leaves. At
  // once if nothing is held.
  void Drain(std::string reason);

 private:
  class Loop;

  std::unique_ptr<Loop> loop_;
};

}  // namespace orrery
