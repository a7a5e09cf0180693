// Which records of a journal nothing follows from any more.
//
// All records are counted in, then each is asked about. Needless are: all of a forgotten workflow,
// unless another run still takes over from it; starts of controllers but the last; workers that
// have joined and left; sleeps that have ended; starts whose node has its outcome, but the last;
// and, of a node that has its outcome, the attempts before those that are shown. A replay of the
// rest leads to the same state, also where only the first of the needless records are left out,
// with two exceptions. Of a forgotten workflow either all records are there or none is read. And
// the record that forgets the workflow with the highest number stays, so that no other gets that
// number.
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
  // Attempts of a node that are shown once it has its outcome.
  static constexpr std::size_t kAttemptsShownMax = 16;

  // `in_use`: forgotten or not, other runs still take over from them. `forgotten`: as if records
  // said so.
  explicit RecordCensus(std::set<engine::WorkflowNumber> in_use,
                        std::set<engine::WorkflowNumber> forgotten = {});

  // In the order of their numbers.
  void Add(Lsn lsn, const engine::Record& record);

  bool IsNeeded(Lsn lsn, const engine::Record& record) const;
  // Forgotten workflows whose records are needless, and that have some.
  std::vector<engine::WorkflowNumber> Removable() const;

 private:
  // Of a node that has no outcome yet.
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
  std::set<engine::WorkflowNumber> forgotten_;
  // That have records besides the one that forgets them.
  std::set<engine::WorkflowNumber> present_;
  engine::WorkflowNumber highest_{0};
  Lsn last_ = 0;

  std::optional<Lsn> started_;
  std::map<Uuid, Lsn> joined_;
  std::map<engine::NodeKey, OpenNode> open_;
  absl::flat_hash_set<Lsn> needless_;  // Lookup only.
};

}  // namespace orrery::journal
