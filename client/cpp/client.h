// A connection to a controller: submit workflows, follow them, read what came out.
//
// Connects when it is first needed. Every call has a deadline; errors carry the controller's code,
// so that the code says what to do: kUnavailable (the message has the address) and
// kDeadlineExceeded may be tried again with the same arguments, everything else may not.
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
  // Of one call; a watch and a transfer of a large value are many.
  absl::Duration call_timeout = absl::Seconds(30);
  // How long a watch tries to reach a controller that had answered this client, and went away.
  absl::Duration reconnect_timeout = absl::Seconds(60);
  // How long a submission is made again whose controller went away before it answered.
  absl::Duration resubmit_timeout = absl::Seconds(10);
  // A larger value is refused instead of read into memory.
  std::uint64_t value_bytes_max = std::uint64_t{1} << 30;
};

struct SubmitOptions {
  // Absent: a random one.
  std::optional<Uuid> id;
  std::string name;
  // Forget a settled workflow of the same id first, with its checkpoints.
  bool clean = false;
  // Tasks that no worker offers yet are no error: the workflow waits for one.
  bool wait_for_workers = false;
  // Nodes of the graph that run though its output may not need them.
  std::vector<std::uint32_t> side_effects;
  // What is done when attempts fail; goes before what the graph's nodes say.
  graph::FailureRules failure_rules;
  CacheMode cache_mode = CacheMode::kUse;
};

struct ResumeOptions {
  // A location, "-.N3", that is run again with all that depends on it; empty: none.
  std::string from;
  // Of what is run; absent: that of the earlier run.
  std::optional<CacheMode> cache_mode;
};

struct RerunOptions {
  // Of the new workflow; absent: a random one.
  std::optional<Uuid> id;
  // A location, "-.N3"; empty: no node in particular.
  std::string from;
  // Instead of those of the same name.
  std::vector<graph::NamedValue> inputs;
  // Of what is run; absent: that of the earlier run.
  std::optional<CacheMode> cache_mode;
};

struct DrainOptions {
  // Told to the workers, for their logs.
  std::string reason;
  // Return when they have left, otherwise at once.
  bool waits = false;
  // How long to wait.
  absl::Duration timeout = absl::InfiniteDuration();
};

struct Submitted {
  Uuid id;
  // The same submission was made before; it was not started again.
  bool is_repeated = false;
};

class Client {
 public:
  // Runs on the calling thread: first with the workflow as it is, then after each change.
  using OnChange = std::function<void(const Workflow&)>;
  // Takes the bytes of a large value piece by piece; an error ends the transfer.
  using ByteSink = std::function<absl::Status(std::string_view)>;

  explicit Client(ClientOptions options);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  const std::string& address() const;

  // Starts a workflow; returns when the controller cannot lose it. Values larger than
  // graph::kInlineValueBytesMax travel as blobs. Trying again with the same id is safe, and is done
  // if the controller goes away before it has answered, unless `clean` would forget what it did.
  // kInvalidArgument: the graph or its inputs are wrong; the message has a line per problem.
  // kAlreadyExists: the id belongs to another, or to a finished workflow.
  absl::StatusOr<Submitted> Submit(const SubmitOptions& options, graph::Graph graph,
                                   const std::vector<graph::NamedValue>& inputs = {});

  // kNotFound: no such workflow.
  absl::StatusOr<Workflow> Get(const Uuid& id);

  // Newest first. A page has at most 1,000; 0 leaves it to the controller.
  absl::StatusOr<WorkflowPage> List(std::uint32_t page_size, std::string page_token = "");

  // Stops a workflow or, with `location` ("-.N3"), only the task, eval, loop or map there, which
  // then has failed. kNotFound; kInvalidArgument: that is no location; kFailedPrecondition: it has
  // settled otherwise, is still taking over what its earlier run left, or has nothing to stop
  // there.
  absl::Status Cancel(const Uuid& id, std::string reason, std::string location = "");

  // Gives nothing of it to workers any more, or gives again; what workers hold is finished.
  // kNotFound; kFailedPrecondition: it has settled.
  absl::Status Pause(const Uuid& id);
  absl::Status Unpause(const Uuid& id);

  // Why a workflow or, with `location` ("-.N3"), what is there, stands where it stands: why it
  // waits, failed, or ran again. kNotFound: no such workflow; kInvalidArgument: that is no
  // location.
  absl::StatusOr<Explanation> Explain(const Uuid& id, std::string location = "");

  // Runs a failed or cancelled workflow on: what has finished is taken over, the rest is run. With
  // `options.from` any settled workflow: that node is run again, with all that depends on it.
  // Returns when the controller cannot lose it.
  // kNotFound: no such workflow, or nothing ran there; kFailedPrecondition: it is running, or there
  // is nothing to resume; kInvalidArgument: that is no location.
  absl::Status Resume(const Uuid& id, const ResumeOptions& options = {});

  // Runs a settled workflow anew, as another one, which takes over what is still valid: what had
  // the same inputs and does not depend on the node at `options.from`. Errors as of Resume, and
  // kAlreadyExists: the new id is taken, which, to who tries again with the same id, says that the
  // first try came through; kInvalidArgument: an input is wrong.
  absl::StatusOr<Uuid> Rerun(const Uuid& source, const RerunOptions& options = {});

  // What Resume and Rerun would do; nothing is done. Errors as of those.
  absl::StatusOr<RerunPlan> PlanResume(const Uuid& id, const ResumeOptions& options = {});
  absl::StatusOr<RerunPlan> PlanRerun(const Uuid& source, const RerunOptions& options = {});

  // Follows a workflow until it settles. A controller that goes away meanwhile is awaited.
  // `on_change` is called at least once, even if `timeout` is 0.
  // kNotFound; kDeadlineExceeded: it has not settled within `timeout`.
  absl::StatusOr<Workflow> Watch(const Uuid& id, absl::Duration timeout, const OnChange& on_change);
  absl::StatusOr<Workflow> Wait(const Uuid& id, absl::Duration timeout) {
    return Watch(id, timeout, [](const Workflow&) {});
  }

  // Submit and Watch in one call of the controller, for workflows that are quick. Errors as of
  // both. After kDeadlineExceeded it may run; kAlreadyExists, to who chose the id, may mean that
  // the connection broke, and what ran meanwhile is this one.
  absl::StatusOr<Workflow> Run(const SubmitOptions& options, graph::Graph graph,
                               absl::Duration timeout, const OnChange& on_change);

  // One output of a workflow that succeeded; a large one as a reference to a blob.
  // kNotFound: no such workflow or output; kFailedPrecondition: it has not succeeded.
  absl::StatusOr<graph::Value> FindOutput(const Uuid& id, std::string_view port);

  // The same with its bytes, checked against their digest.
  absl::StatusOr<graph::Value> ReadOutput(const Uuid& id, std::string_view port);

  // The same as a T; `codecs` has the deserializers of types that need one.
  // kInvalidArgument: it is no T.
  template <class T>
  absl::StatusOr<T> Read(const Uuid& id, std::string_view port,
                         const graph::CodecSet& codecs = graph::NoCodecs()) {
    ASSIGN_OR_RETURN(const graph::Value value, ReadOutput(id, port));
    return graph::DecodeNative<T>(value, codecs);
  }

  // A part of what a named loop has put out so far.
  // kNotFound: no such workflow, or no loop of that name in it; the message has the names there
  // are.
  absl::StatusOr<TracePage> Trace(const Uuid& id, std::string_view loop, TraceRange range = {});

  // `value` with its bytes, which are checked against their digest.
  absl::StatusOr<graph::Value> Fetch(graph::Value value);

  // The bytes of a blob; on kDataLoss the sink has seen bytes that are not what they should be.
  absl::Status ReadBlob(const graph::BlobRef& blob, const ByteSink& sink);

  // `value` as a reference to a blob if it is larger than graph::kInlineValueBytesMax.
  absl::StatusOr<graph::Value> Upload(graph::Value value);

  absl::StatusOr<std::vector<WorkerInfo>> ListWorkers();

  // Gives the workers of a name, or the one with this instance id, nothing more: they finish what
  // they hold and leave, and a pool replaces them. kNotFound: there is none; kDeadlineExceeded:
  // they have not left within `options.timeout`, and go on draining.
  absl::Status DrainWorkers(const std::string& worker, const DrainOptions& options = {});

 private:
  class Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::client
