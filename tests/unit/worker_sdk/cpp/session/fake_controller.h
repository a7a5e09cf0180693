// A controller for tests: a WorkerService whose side of the conversation the test speaks itself.
//
// Threading: thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "grpcpp/server.h"
#include "orrery/worker/v1/worker_service.grpc.pb.h"

namespace orrery {

class FakeController {
 public:
  using Request = worker::v1::SessionRequest;
  using Response = worker::v1::SessionResponse;

  // Listens on "unix:<path>".
  explicit FakeController(const std::string& path);
  FakeController(const FakeController&) = delete;
  FakeController& operator=(const FakeController&) = delete;
  ~FakeController();

  // The next message of any session, in the order they came. Fails the test after a while.
  Request Receive();
  // Returns the next message that is not a heartbeat.
  Request ReceiveEvent();
  // Sends to the current session.
  void Send(const Response& response);
  // Refuses the worker for good, now and whenever it comes again.
  void Dismiss();
  // Ends the session that is on, as a lost connection does.
  void Cut();
  // Waits until a worker has ended its side of the session that is on.
  void AwaitEnd();

  // Answers to Hello: every held attempt gets `verdict`.
  Response Welcome(const Request& hello, worker::v1::Verdict verdict) const;

 private:
  class Service;

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace orrery
