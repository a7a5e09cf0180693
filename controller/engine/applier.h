// Applies records: the only code that changes what a replay must rebuild.
//
// The same code applies a record when it is decided and when it is replayed: it depends on the
// state that records build, never on workers or time. It decides nothing: it returns the
// consequence, on which Derivation acts when the record has been applied.
//
// Threading: confined to the engine's thread.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "controller/engine/core.h"
#include "controller/engine/phases.h"
#include "controller/engine/record.h"
#include "model/attempt_failure.h"

namespace orrery::engine {

// The work that follows from an applied record.
struct Consequence {
  WorkflowNumber workflow;
  // The turn of the workflow; nothing: it was paused or unpaused.
  std::optional<Turn> turn;
};

// A node that waits for its outcome.
struct OpenNode {
  Workflow* workflow = nullptr;
  NodeRef node;
};

class Applier {
 public:
  using Result = absl::StatusOr<std::optional<Consequence>>;

  Applier(Core& core, Phases phases) : core_(core), phases_(phases) {}
  Applier(const Applier&) = delete;
  Applier& operator=(const Applier&) = delete;

  // `open` is the node that the record is about, if the caller has found it already.
  // Errors: kDataLoss: the record does not follow from those before it; nothing has changed.
  Result Apply(const Record& record, std::optional<OpenNode> open = std::nullopt);
  bool is_applying() const { return is_applying_; }

  // Returns nothing if there is no such node, or it does not wait for an outcome.
  std::optional<OpenNode> FindOpen(const NodeKey& key) const;

 private:
  Result ApplyBody(const ControllerStarted& body);
  Result ApplyBody(const WorkerJoined& body);
  Result ApplyBody(const WorkerLeft& body);
  Result ApplyBody(const WorkflowSubmitted& body);
  Result ApplyBody(const ReuseEnded& body);
  Result ApplyBody(const AttemptReleased& body);
  Result ApplyBody(const WorkflowFailed& body);
  Result ApplyBody(const WorkflowPaused& body);
  Result ApplyBody(const WorkflowCancelled& body);
  Result ApplyBody(const WorkflowDeleted& body);
  Result ApplyTo(const OpenNode& open, const NodeSleeping& body);
  Result ApplyTo(const OpenNode& open, const NodeFinished& body);
  Result ApplyTo(const OpenNode& open, const NodeFailed& body);
  Result ApplyTo(const OpenNode& open, const AttemptStarted& body);
  Result ApplyTo(const OpenNode& open, const AttemptFailed& body);
  Result ApplyTo(const OpenNode& open, const AttemptLost& body);
  // The storage refused a value that it has given to this replay, or memory was short that this
  // replay had: the node went on.
  Result AdmitFailure(const NodeFailed& body);
  // Keeps what is needed to show and to end a workflow that is held.
  Result ApplyToHeld(const Record& record);
  Result HoldSubmitted(const WorkflowSubmitted& body);
  Result EndHeld(const WorkflowFailed& body);
  Result DeleteHeld(const WorkflowDeleted& body);
  // Of the workflow that the record is about; all zeros if it does not exist.
  Uuid IdOf(WorkflowNumber number, const Record& record) const;
  Result ApplyPlain(const Record& record, std::optional<OpenNode> open);
  absl::Status CheckSubmitted(const WorkflowSubmitted& body) const;
  // Returns the reason why the journal may not have an outcome for the node.
  absl::Status NotOpen(const NodeKey& key) const;
  // The node has its outcome; returns the attempts that went before.
  std::vector<model::AttemptFailure> EndNode(const NodeKey& node);

  Core& core_;
  const Phases phases_;
  bool is_applying_ = false;
};

}  // namespace orrery::engine
