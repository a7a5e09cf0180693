// Workflows and workers, as a client sees them.
//
// Threading: thread-compatible; value types.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/uuid.h"
#include "graph/canonical.h"
#include "graph/task.h"

namespace orrery::client {

enum class WorkflowStatus { kRunning, kSucceeded, kFailed, kCancelled };

// Returns "running", "succeeded", "failed" or "cancelled".
std::string_view StatusName(WorkflowStatus status);

// How a workflow uses the cache.
enum class CacheMode {
  kUse,      // Reuses cached outcomes, and adds its own to the cache.
  kRefresh,  // Runs every task; its outcomes replace cached ones.
  kOff,      // Neither.
};

// Numbers of the function nodes that are known so far.
struct NodeCounts {
  std::uint64_t ready = 0;
  std::uint64_t running = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  // Finished nodes whose outcome came from the cache.
  std::uint64_t cached = 0;

  friend bool operator==(const NodeCounts&, const NodeCounts&) = default;
};

// The end of an attempt's output: its log and stderr, or, if its worker was lost, the output of the
// process.
struct OutputTail {
  std::string text;  // Empty: no output, or unknown.
  // A part may be of other attempts of the process.
  bool is_shared = false;
};

// An attempt that failed or was lost.
struct AttemptFailure {
  std::string attempt;  // "epoch.number"
  std::string worker;
  std::string host;
  std::string message;
  absl::Time at;
  OutputTail output;
};

struct WorkflowError {
  std::string location;       // "-.N3"
  std::string function_name;  // Empty for other nodes than functions.
  std::string message;
  std::string details;
  std::string worker;  // Empty if no worker was involved.
  std::string host;
  std::string attempt;  // "epoch.number"; empty if no attempt was involved.
  // Earlier attempts that failed or were lost, oldest first.
  std::vector<AttemptFailure> earlier;
  OutputTail output;
};

// The latest progress that a running task reported.
struct TaskProgress {
  std::string location;       // "-.N3"
  std::string function_name;  // "worker.task"
  std::string attempt;        // "epoch.number"
  double fraction = 0;        // 0 to 1.
  std::string note;
};

struct Workflow {
  Uuid id;
  std::string name;
  WorkflowStatus status = WorkflowStatus::kRunning;
  // No task of the workflow is assigned until it is unpaused.
  bool is_paused = false;
  absl::Time submitted_at;
  std::optional<absl::Time> settled_at;
  NodeCounts nodes;
  // The outputs, large values as blobs; empty unless the workflow succeeded.
  std::vector<graph::NamedValue> outputs;
  std::optional<WorkflowError> error;
  // The reasons why the workflow waits, if any.
  std::vector<std::string> waiting_for;
  // Progress of at most 20 running tasks that report it, ordered by location.
  std::vector<TaskProgress> progress;
  // The workflow whose outcomes this one reused; its own id after a resume or restart.
  std::optional<Uuid> source;

  bool is_settled() const { return status != WorkflowStatus::kRunning; }
};

// How a new run would treat the nodes that finished in the earlier run. Other nodes are not
// counted.
struct RerunPlan {
  // Number of outcomes that would be reused.
  std::uint64_t kept = 0;
  // Number of finished nodes that would run again, and the first 10,000 of their locations, in
  // order.
  std::uint64_t again = 0;
  std::vector<std::string> again_locations;
};

// The reason why a node is in its state.
struct NodeExplanation {
  std::string location;
  std::string function_name;
  // State: "ready", "running", "blocked", ...
  std::string state;
  // Reasons for the state: what the node waits for, which worker runs it, or how it ended.
  std::vector<std::string> reasons;
  // Earlier attempts that failed or were lost, oldest first.
  std::vector<AttemptFailure> earlier;
  // The output, if the node failed.
  OutputTail output;
};

struct Explanation {
  WorkflowStatus status = WorkflowStatus::kRunning;
  // Reasons why the workflow waits, or how it ended.
  std::vector<std::string> reasons;
  std::vector<NodeExplanation> nodes;
  // More nodes match than those in `nodes`.
  bool has_more = false;
};

struct WorkflowPage {
  std::vector<Workflow> workflows;
  // Empty if this is the last page.
  std::string next_page_token;
};

// The part of a trace to read.
struct TraceRange {
  // Number of iterations to skip.
  std::uint64_t offset = 0;
  // Iterations to return, at most 1,000; 0: the controller's default.
  std::uint32_t limit = 0;
};

struct TracePage {
  // The outputs of each iteration, large values as blobs. Fewer than the limit if no more exist or
  // a message cannot hold more; empty only if the offset is at least `total`.
  std::vector<std::vector<graph::NamedValue>> iterations;
  // Number of iterations that have ended so far.
  std::uint64_t total = 0;
};

enum class WorkerState { kConnected, kDraining, kLost };

// Returns "connected", "draining" or "lost".
std::string_view StateName(WorkerState state);

struct WorkerInfo {
  Uuid instance_id;
  std::string name;
  std::string host;
  std::uint32_t process_id = 0;
  std::uint32_t slots = 0;
  // Number of attempts that the worker holds.
  std::uint32_t attempts = 0;
  WorkerState state = WorkerState::kConnected;
  graph::Catalog catalog;
  absl::Time connected_at;
  std::map<std::string, std::string> labels;
  std::string sdk_version;
};

}  // namespace orrery::client
