// Tells which workflow the engine is working on, so that the death of the process can be blamed on
// that workflow, and the workflows that were blamed too often.
#pragma once

#include <map>
#include <set>

#include "base/uuid.h"
#include "controller/engine/ids.h"

namespace orrery::engine {

// Work that is part of other work is told as that: the outermost is to blame.
//
// Threading: confined to the engine's thread.
class WorkMark {
 public:
  virtual ~WorkMark() = default;

  // Not all that is worked on gets recorded: a number may later be that of another workflow.
  void Enter(WorkflowNumber number, const Uuid& id) {
    if (depth_++ == 0) Begin(number, id);
  }
  void Leave() {
    if (--depth_ == 0) End();
  }

 private:
  // Called around each piece of work for one workflow, so they must cost next to nothing.
  virtual void Begin(WorkflowNumber number, const Uuid& id) = 0;
  virtual void End() = 0;

  int depth_ = 0;
};

struct Poison {
  // Their records are kept, but nothing is derived from them.
  std::map<Uuid, WorkflowNumber> held = {};
  // Those that the journal did not have at the end of its replay, because the controller died
  // before it recorded them: they may not be submitted, or run again.
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
