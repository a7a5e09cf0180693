// Tells which workflow the engine is working on, so that the death of the process can be blamed on
// that workflow, and the workflows that were blamed too often.
#pragma once

#include <set>

#include "controller/engine/ids.h"

namespace orrery::engine {

// Threading: confined to the engine's thread.
class WorkMark {
 public:
  virtual ~WorkMark() = default;

  // Called before each piece of work for one workflow, so it must cost next to nothing.
  virtual void Enter(WorkflowNumber workflow) = 0;
  virtual void Leave() = 0;
};

struct Poison {
  // Their records are kept, but nothing is derived from them.
  std::set<WorkflowNumber> held = {};
  // Outlives the engine; null: nothing is told.
  WorkMark* mark = nullptr;
};

// Tells of the work in its scope.
class MarkedWork {
 public:
  MarkedWork(WorkMark* mark, WorkflowNumber workflow) : mark_(mark) {
    if (mark_ != nullptr) mark_->Enter(workflow);
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
