// Brings workflows to where they were when a record was decided, so that it can be applied again.
//
// Only outcomes are recorded: what followed from them is derived again, as far as the next record
// needs it. Values that had to be looked into are read at once; values that were stored are stored
// once more.
//
// Threading: confined to the engine's thread.
#pragma once

#include <optional>
#include <set>

#include "base/digest.h"
#include "controller/engine/applier.h"
#include "controller/engine/core.h"
#include "controller/engine/output.h"
#include "controller/engine/record.h"
#include "controller/engine/reuse/reuses.h"

namespace orrery::engine {

class Replayer {
 public:
  // All outlive this.
  Replayer(Core& core, const Applier& applier, const Reuses& reuses)
      : core_(core), applier_(applier), reuses_(reuses) {}
  Replayer(const Replayer&) = delete;
  Replayer& operator=(const Replayer&) = delete;

  // Derives until the record can be applied, or nothing more follows. Returns the node that the
  // record is about, if it is about one that waits for its outcome.
  std::optional<OpenNode> CatchUp(const Record& record, const ValueReader& read);

 private:
  // Derives one more piece of what an earlier life had, towards the location; false: there is none.
  bool Advance(Workflow& workflow, const graph::Location& location, const ValueReader& read);
  bool AnswerOutstanding(Workflow& workflow, const ValueReader& read);

  Core& core_;
  const Applier& applier_;
  const Reuses& reuses_;
  std::set<Digest> unreadable_;
};

}  // namespace orrery::engine
