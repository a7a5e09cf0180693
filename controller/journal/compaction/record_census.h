// Decides which journal records are obsolete.
//
// First all records are added, then each is looked up. Obsolete are: all records of a deleted
// workflow, unless another run still reuses its outcomes; all starts of controllers but the last;
// joins and ends of workers that have left; sleeps that have ended; all starts of a node with an
// outcome but the last; and, for a node with an outcome, the attempts before those that are shown.
// A replay of the remaining records leads to the same state, even if only the first of the obsolete
// records are removed, with two exceptions: the records of a deleted workflow must be read all or
// not at all, and the deletion of the workflow with the highest number is kept, so that the number
// is not used again.
//
// Threading: thread-compatible.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "controller/engine/record.h"
#include "controller/journal/journal.h"

namespace orrery::journal {

class RecordCensus {
 public:
  // `in_use`: workflows, deleted or not, whose outcomes other runs still reuse. `deleted`:
  // workflows to treat as deleted.
  explicit RecordCensus(std::set<engine::WorkflowNumber> in_use,
                        std::set<engine::WorkflowNumber> deleted = {});

  // Requires: records in the order of their LSNs.
  void Add(Lsn lsn, const engine::Record& record);

  bool IsNeeded(Lsn lsn, const engine::Record& record) const;
  // Returns the deleted workflows that have obsolete records.
  std::vector<engine::WorkflowNumber> Removable() const;

 private:
  // The records of a node without an outcome.
  struct OpenNode {
    std::vector<Lsn> sleeps;
    // Starts of attempts that take effect at most once, and their releases.
    std::vector<Lsn> starts;
    std::vector<Lsn> attempts;
  };

  void AddBody(Lsn lsn, const engine::ControllerStarted& body);
  void AddBody(Lsn lsn, const engine::WorkerJoined& body);
  void AddBody(Lsn lsn, const engine::WorkerLeft& body);
  void AddBody(Lsn lsn, const engine::WorkflowDeleted& body);
  void AddBody(Lsn lsn, const engine::NodeSleeping& body);
  void AddBody(Lsn lsn, const engine::AttemptStarted& body);
  void AddBody(Lsn lsn, const engine::AttemptReleased& body);
  void AddBody(Lsn lsn, const engine::AttemptFailed& body);
  void AddBody(Lsn lsn, const engine::AttemptLost& body);
  void AddBody(Lsn lsn, const engine::NodeFinished& body);
  void AddBody(Lsn lsn, const engine::NodeFailed& body);
  template <class Body>
  void AddBody(Lsn, const Body&) {}

  void EndNode(const engine::NodeKey& node);
  bool IsGone(engine::WorkflowNumber workflow) const;

  const std::set<engine::WorkflowNumber> in_use_;
  std::set<engine::WorkflowNumber> deleted_;
  // Workflows that have records other than their deletion.
  std::set<engine::WorkflowNumber> present_;
  engine::WorkflowNumber highest_{0};
  Lsn last_ = 0;

  std::optional<Lsn> started_;
  std::map<Uuid, Lsn> joined_;
  std::map<engine::NodeKey, OpenNode> open_;
  absl::flat_hash_set<Lsn> obsolete_;  // Used for lookup only.
};

}  // namespace orrery::journal
