// A connection to a controller: submits workflows, follows them, reads their outputs.
//
// Connects at the first call. Every call has a deadline. Errors have the controller's code: retry
// with the same arguments after kUnavailable (the message has the address) and kDeadlineExceeded
// only. If a call that changes something had no answer, IsOutcomeUnknown (unknown_outcome.h) is
// true for its error, and the message has the id of the workflow and says how to look.
//
// Threading: thread-compatible. Calls block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/limit.h"
#include "base/status_macros.h"
#include "base/uuid.h"
#include "client/cpp/workflow.h"
#include "graph/canonical.h"
#include "graph/graph.h"
#include "graph/native/codec_set.h"
#include "graph/native/encode.h"
#include "graph/value.h"

namespace orrery::client {

struct ClientOptions {
  // "host:port" or "unix:path"; see client/cpp/address.h.
  std::string address;
  // Timeout of one call. A watch and a transfer of a large value are several calls.
  absl::Duration call_timeout = absl::Seconds(30);
  // How long a watch tries to reconnect to a controller that has answered this client before.
  absl::Duration reconnect_timeout = absl::Seconds(60);
  // How long a submission is retried if the connection is lost before the response.
  absl::Duration resubmit_timeout = absl::Seconds(10);
  Limit value_bytes{.name = "client_value_bytes",
                    .max = 1024 * 1024 * 1024,
                    .unit = LimitUnit::kBytes,
                    .of = "a value that a client reads into memory",
                    .beyond = "the read fails; `ReadBlob` passes the value on piece by piece"};
};

struct SubmitOptions {
  // Absent: a random one.
  std::optional<Uuid> id;
  std::string name;
  // Deletes a settled workflow with this id first, and its checkpoints.
  bool clean = false;
  // Accepts tasks that no worker offers yet; the workflow waits for a worker.
  bool wait_for_workers = false;
  // Indices of nodes that run even if no output needs them.
  std::vector<std::uint32_t> side_effects;
  // Overrides the failure policies of the graph's nodes.
  graph::FailureRules failure_rules;
  CacheMode cache_mode = CacheMode::kUse;
};

struct ResumeOptions {
  // Location of a node to run again with its dependents, such as "-.N3"; empty: none.
  std::string from;
  // Cache mode of the nodes that run; absent: the mode of the earlier run.
  std::optional<CacheMode> cache_mode;
};

struct RerunOptions {
  // Id of the new workflow; absent: a random one.
  std::optional<Uuid> id;
  // Location of a node to run again with its dependents, such as "-.N3"; empty: none.
  std::string from;
  // Replace the inputs with the same names.
  std::vector<graph::NamedValue> inputs;
  // Cache mode of the nodes that run; absent: the mode of the earlier run.
  std::optional<CacheMode> cache_mode;
};

struct DrainOptions {
  // Reason for the workers' logs.
  std::string reason;
  // Returns when the workers have left, otherwise at once.
  bool waits = false;
  // With `waits`: returns when as many others of the same name have connected, too.
  bool awaits_replacements = false;
  // Longest wait.
  absl::Duration timeout = absl::InfiniteDuration();
};

struct Submitted {
  Uuid id;
  // The same submission was accepted before and was not started again.
  bool is_repeated = false;
};

class Client {
 public:
  // Called on the calling thread, at first with the current state, then after each change.
  using OnChange = std::function<void(const Workflow&)>;
  // Receives the bytes of a large value piece by piece; an error ends the transfer.
  using ByteSink = std::function<absl::Status(std::string_view)>;

  explicit Client(ClientOptions options);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  const std::string& address() const;

  // Starts a workflow; returns when it is durable. Sends values larger than
  // graph::kInlineValueBytes as blobs. Retry-safe with the same id; retries by itself if the
  // connection is lost before the response, unless `clean` is set.
  //
  // Errors:
  //   kInvalidArgument: the graph or its inputs are invalid; one line for each problem.
  //   kAlreadyExists: another or a settled workflow has the id.
  absl::StatusOr<Submitted> Submit(const SubmitOptions& options, graph::Graph graph,
                                   const std::vector<graph::NamedValue>& inputs = {});

  // Errors: kNotFound if there is no such workflow.
  absl::StatusOr<Workflow> Get(const Uuid& id);

  // Returns a page of at most `page_size` workflows, up to 1,000, newest first, without outputs; 0:
  // the controller's default.
  absl::StatusOr<WorkflowPage> List(std::uint32_t page_size, std::string page_token = "");

  // Cancels a workflow or, with a `location` such as "-.N3", only the task, eval, loop or map
  // there, which then has failed.
  //
  // Errors:
  //   kNotFound: no such workflow.
  //   kInvalidArgument: malformed location.
  //   kFailedPrecondition: the workflow has succeeded or failed, is still reusing outcomes of its
  //     earlier run, or has nothing to cancel at the location.
  absl::Status Cancel(const Uuid& id, std::string reason, std::string location = "");

  // Stops assigning tasks of a workflow, or starts again. Workers finish the attempts that they
  // hold.
  //
  // Errors: kNotFound; kFailedPrecondition if the workflow has settled.
  absl::Status Pause(const Uuid& id);
  absl::Status Unpause(const Uuid& id);

  // Explains why a workflow or, with a `location` such as "-.N3", the nodes there wait, failed or
  // ran again.
  //
  // Errors: kNotFound if there is no such workflow; kInvalidArgument for a malformed location.
  absl::StatusOr<Explanation> Explain(const Uuid& id, std::string location = "");

  // Continues a failed or cancelled workflow: reuses the outcomes of finished nodes and runs the
  // others. With `options.from`, accepts any settled workflow, and runs that node again with every
  // node that depends on it. Returns when the resumption is durable.
  //
  // Errors:
  //   kNotFound: no such workflow, or nothing ran at the location.
  //   kFailedPrecondition: the workflow is running, or has nothing to resume.
  //   kInvalidArgument: malformed location.
  absl::Status Resume(const Uuid& id, const ResumeOptions& options = {});

  // Starts a new workflow from a settled one. Reuses the outcomes of nodes that have the same
  // inputs and do not depend on the node at `options.from`. Returns the id of the new workflow.
  //
  // Errors:
  //   those of Resume.
  //   kAlreadyExists: another workflow has the new id. After a retry with the same id this means
  //   that
  //     the first call succeeded.
  //   kInvalidArgument: invalid input.
  absl::StatusOr<Uuid> Rerun(const Uuid& source, const RerunOptions& options = {});

  // Returns the effect that Resume and Rerun would have; changes nothing. Errors: those of Resume
  // and Rerun.
  absl::StatusOr<RerunPlan> PlanResume(const Uuid& id, const ResumeOptions& options = {});
  absl::StatusOr<RerunPlan> PlanRerun(const Uuid& source, const RerunOptions& options = {});

  // Follows a workflow until it settles; reconnects if the connection is lost. Calls `on_change` at
  // least once, even if `timeout` is 0.
  //
  // Errors: kNotFound; kDeadlineExceeded if the workflow has not settled within `timeout`.
  absl::StatusOr<Workflow> Watch(const Uuid& id, absl::Duration timeout, const OnChange& on_change);
  absl::StatusOr<Workflow> Wait(const Uuid& id, absl::Duration timeout) {
    return Watch(id, timeout, [](const Workflow&) {});
  }

  // Submits and watches a workflow in one call of the controller, for quick workflows.
  //
  // Errors: those of Submit and Watch. After kDeadlineExceeded the workflow may run. kAlreadyExists
  // for an id that the caller chose may mean that the connection broke and this workflow has run.
  absl::StatusOr<Workflow> Run(const SubmitOptions& options, graph::Graph graph,
                               absl::Duration timeout, const OnChange& on_change);

  // Returns one output of a workflow that succeeded; a large value as a reference to a blob.
  //
  // Errors: kNotFound if there is no such workflow or output; kFailedPrecondition if the workflow
  // has not succeeded.
  absl::StatusOr<graph::Value> FindOutput(const Uuid& id, std::string_view port);

  // Returns one output with its bytes, and checks their digest. Errors: those of FindOutput.
  absl::StatusOr<graph::Value> ReadOutput(const Uuid& id, std::string_view port);

  // Returns one output as a T. `codecs` has the deserializers of types that need one.
  //
  // Errors: those of FindOutput; kInvalidArgument if the value is not a T.
  template <class T>
  absl::StatusOr<T> Read(const Uuid& id, std::string_view port,
                         const graph::CodecSet& codecs = graph::NoCodecs()) {
    ASSIGN_OR_RETURN(const graph::Value value, ReadOutput(id, port));
    return graph::DecodeNative<T>(value, codecs);
  }

  // Returns a part of the outputs of a named loop so far. Has fewer iterations than the limit if no
  // more exist or a message cannot hold more; none only if the offset is at least `total`.
  //
  // Errors: kNotFound if there is no such workflow or loop; the message lists the loops.
  absl::StatusOr<LoopTrace> Trace(const Uuid& id, std::string_view loop, TraceRange range = {});

  // Returns `value` with its bytes, and checks their digest.
  absl::StatusOr<graph::Value> Fetch(graph::Value value);

  // Reads the bytes of a blob. On kDataLoss the sink has received damaged bytes.
  absl::Status ReadBlob(const graph::BlobRef& blob, const ByteSink& sink);

  // Uploads a value larger than graph::kInlineValueBytes and returns a reference to the blob;
  // returns a smaller value unchanged.
  absl::StatusOr<graph::Value> Upload(graph::Value value);

  // Returns the connected workers, with the names and versions of their tasks.
  absl::StatusOr<std::vector<WorkerInfo>> ListWorkers();

  // Drains the workers of a name, or the one with this instance id: they finish the attempts that
  // they hold and exit; a pool replaces them.
  //
  // Errors: kNotFound if there is no such worker; kDeadlineExceeded if the workers have not left
  // within `options.timeout`; they continue to drain.
  absl::Status DrainWorkers(const std::string& worker, const DrainOptions& options = {});

  // Waits until `count` workers of a pool are connected and take tasks.
  //
  // Errors: kDeadlineExceeded if they are fewer after `timeout`.
  absl::Status AwaitPool(const std::string& pool, std::size_t count, absl::Duration timeout);

 private:
  class Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::client
