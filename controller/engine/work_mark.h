// Tells which workflow the engine is working on, so that the death of the process can be blamed on
// that workflow, and the workflows that were blamed too often.
#pragma once

#include <map>
#include <set>

#include "base/uuid.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

// Threading: confined to the engine's thread.
class WorkMark {
 public:
  virtual ~WorkMark() = default;

  // Called before each piece of work for one workflow, so it must cost next to nothing. Not all
  // that is worked on gets recorded: a number may later be that of another workflow.
  virtual void Enter(WorkflowNumber number, const Uuid& id) = 0;
  virtual void Leave() = 0;
};

struct Poison {
  // Their records are kept, but nothing is derived from them.
  std::map<Uuid, WorkflowNumber> held = {};
  // Those of `held` that the journal did not have at the end of its replay, because the controller
  // died before it recorded them: they may not be submitted again.
  std::set<Uuid> refused = {};
  // Outlives the engine; null: nothing is told.
  WorkMark* mark = nullptr;
};

// Tells of the work in its scope.
class MarkedWork {
 public:
  MarkedWork(WorkMark* mark, WorkflowNumber number, const Uuid& id) : mark_(mark) {
    if (mark_ != nullptr) mark_->Enter(number, id);
  }
  MarkedWork(const MarkedWork&) = delete;
  MarkedWork& operator=(const MarkedWork&) = delete;
  ~MarkedWork() {
    if (mark_ != nullptr) mark_->Leave();
  }

 private:
  WorkMark* const mark_;
};

}  // namespace orrery::engine
