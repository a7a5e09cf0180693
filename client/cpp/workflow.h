// What a client sees of workflows and workers.
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

// "running", "succeeded", "failed", "cancelled".
std::string_view StatusName(WorkflowStatus status);

// What a workflow does with outcomes of cacheable tasks.
enum class CacheMode {
  kUse,      // Those that others have made are taken over, its own are left to others.
  kRefresh,  // Every task is run, and its outcome takes the place of those there are.
  kOff,      // Neither.
};

// Function nodes, counted as they are discovered.
struct NodeCounts {
  std::uint64_t ready = 0;
  std::uint64_t running = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  // Of the finished ones, those whose outcome was taken from the cache.
  std::uint64_t cached = 0;

  friend bool operator==(const NodeCounts&, const NodeCounts&) = default;
};

// The end of what was written while an attempt ran: its log and stderr, or, if its worker was lost,
// all that the process wrote.
struct OutputTail {
  std::string text;  // Empty: nothing was, or nobody knows.
  // Some of it may be of other attempts of the process.
  bool is_shared = false;
};

// An attempt that ended without the node's outcome.
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
  std::string function_name;  // Empty if the node is no function.
  std::string message;
  std::string details;
  std::string worker;  // Empty if no worker was involved.
  std::string host;
  std::string attempt;  // "epoch.number"; empty if none was involved.
  // The attempts before it that failed or were lost, oldest first.
  std::vector<AttemptFailure> earlier;
  OutputTail output;
};

// How far a running task is, as it last reported.
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
  // Nothing is given to workers until it is unpaused.
  bool is_paused = false;
  absl::Time submitted_at;
  std::optional<absl::Time> settled_at;
  NodeCounts nodes;
  // The output ports with their values, large ones as blobs; empty unless it succeeded.
  std::vector<graph::NamedValue> outputs;
  std::optional<WorkflowError> error;
  // What keeps it from going on, if anything does.
  std::vector<std::string> waiting_for;
  // Of the running tasks that report it, ordered by location; at most 20.
  std::vector<TaskProgress> progress;
  // The run from which it took over what had finished; its own id if it went on under that.
  std::optional<Uuid> source;

  bool is_settled() const { return status != WorkflowStatus::kRunning; }
};

// What a rerun would do with the nodes that finished in the earlier run. What never finished is run
// in any case, and what only the new run comes to cannot be told before.
struct RerunPlan {
  // Outcomes that are taken over.
  std::uint64_t kept = 0;
  // Nodes that are run again; and their locations, in order, the first 10,000 of them.
  std::uint64_t again = 0;
  std::vector<std::string> again_locations;
};

// Why a node stands where it stands.
struct NodeExplanation {
  std::string location;
  std::string function_name;
  // "ready", "running", "blocked", ...
  std::string state;
  // What it waits for, who runs it, or how it ended.
  std::vector<std::string> reasons;
  // Attempts that failed or were lost before, oldest first: why it ran again.
  std::vector<AttemptFailure> earlier;
  // If it failed.
  OutputTail output;
};

struct Explanation {
  WorkflowStatus status = WorkflowStatus::kRunning;
  // What holds the workflow up, or how it ended.
  std::vector<std::string> reasons;
  std::vector<NodeExplanation> nodes;
  // There are more nodes than are named.
  bool has_more = false;
};

struct WorkflowPage {
  std::vector<Workflow> workflows;
  // Empty: the last page.
  std::string next_page_token;
};

// The part of a trace that is wanted.
struct TraceRange {
  // The first iteration.
  std::uint64_t offset = 0;
  // At most 1,000; 0 leaves it to the controller.
  std::uint32_t limit = 0;
};

struct TracePage {
  // The outputs of each iteration, large ones as blobs. Fewer than asked for if there are no more
  // or they make too large a message; none only if the offset is not below `total`.
  std::vector<std::vector<graph::NamedValue>> iterations;
  // Iterations that have ended so far.
  std::uint64_t total = 0;
};

enum class WorkerState { kConnected, kDraining, kLost };

// "connected", "draining", "lost".
std::string_view StateName(WorkerState state);

struct WorkerInfo {
  Uuid instance_id;
  std::string name;
  std::string host;
  std::uint32_t process_id = 0;
  std::uint32_t slots = 0;
  // Attempts it holds now.
  std::uint32_t attempts = 0;
  WorkerState state = WorkerState::kConnected;
  graph::Catalog catalog;
  absl::Time connected_at;
  std::map<std::string, std::string> labels;
  std::string sdk_version;
};

}  // namespace orrery::client
