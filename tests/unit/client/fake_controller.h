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

// A submission of a client.
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

  // Replaces the workflow with the same id, and notifies its watchers.
  void Put(const Workflow& workflow);
  // Sets the state of all submitted workflows; by default they stay running.
  void SettleSubmissions(const Workflow& end);
  // Makes it an older controller without RunWorkflow.
  void BecomeOlder();
  // Sets the answer to the next submission.
  void RefuseNextSubmission(absl::Status status);
  // Accepts the next submission, but answers kUnavailable.
  void LoseNextAnswer();
  // Sets GetTrace's answer for this loop of any workflow, with at most `page_max` iterations in
  // each page.
  void PutTrace(const std::string& loop, std::vector<std::vector<graph::NamedValue>> iterations,
                std::uint32_t page_max);
  // Changes a byte of the next blob that is read.
  void CorruptNextBlob();
  void AddWorker(WorkerInfo worker);
  // A worker that is drained has left already, and its replacement appears in the third list after
  // that.
  void ReplaceSlowly();
  // The number of workers at each drain.
  std::vector<std::size_t> workers_at_drains() const;
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
