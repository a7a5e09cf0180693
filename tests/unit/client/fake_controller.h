// A controller that does what the test says: real gRPC, real sockets, no engine.
//
// Threading: thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "base/uuid.h"
#include "client/cpp/workflow.h"
#include "graph/canonical.h"
#include "graph/graph.h"
#include "model/submission.h"

namespace orrery::client {

// What a client submitted.
struct Submission {
  std::string workflow_id;
  model::Submission content;
  bool clean = false;
  bool wait_for_workers = false;
};

class FakeController {
 public:
  // Listens on a free loopback port, or on `address`.
  explicit FakeController(const std::string& address = "127.0.0.1:0");
  FakeController(const FakeController&) = delete;
  FakeController& operator=(const FakeController&) = delete;
  // Cuts off who still watches.
  ~FakeController();

  const std::string& address() const;

  // Puts a workflow in place of the one of its id, and tells who watches it.
  void Put(const Workflow& workflow);
  // What a submitted workflow becomes at once; by default it stays running.
  void SettleSubmissions(const Workflow& end);
  // It knows no RunWorkflow.
  void BecomeOlder();
  // The answer to the next submission.
  void RefuseNextSubmission(absl::Status status);
  // Accepts the next submission, but answers kUnavailable.
  void LoseNextAnswer();
  // What GetTrace tells of this loop of any workflow, at most `page_max` iterations at a time.
  void PutTrace(const std::string& loop, std::vector<std::vector<graph::NamedValue>> iterations,
                std::uint32_t page_max);
  // The next blob that is read has another byte.
  void CorruptNextBlob();
  void AddWorker(WorkerInfo worker);
  // Stores a blob; returns a value that refers to it.
  graph::Value PutBlob(std::string bytes, std::string_view media_type);

  std::vector<Submission> submissions() const;
  // Empty: no such blob.
  std::string BlobBytes(const Digest& digest) const;
  std::string cancel_reason() const;
  // How many blobs were written to it.
  int blob_writes() const;

 private:
  class Impl;

  std::unique_ptr<Impl> impl_;
};

// A workflow that is running, for tests to change.
Workflow RunningWorkflow(std::uint64_t id);
Workflow SucceededWorkflow(std::uint64_t id, std::vector<graph::NamedValue> outputs);
Workflow FailedWorkflow(std::uint64_t id, std::string message);

graph::NamedValue Named(std::string name, graph::Value value);

}  // namespace orrery::client
