// Where the controller shows what happened: the checkpoint tree, or nothing.
//
// Threading: called from the loop thread; must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include "controller/engine/effect.h"

namespace orrery::runtime {

using CheckpointEvent =
    std::variant<engine::WorkflowStarted, engine::FrameOpened, engine::NodeStarted,
                 engine::NodeSettled, engine::WorkflowSettled, engine::WorkflowDropped>;

class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  virtual void Show(CheckpointEvent event) = 0;

  // Calls `done` on the loop thread, once, when all that was shown before can be seen or never will
  // be; possibly before this returns. What follows from the journal up to record `lsn` is part of
  // that. A sink that writes behind has to override it.
  virtual void WhenShown(std::uint64_t lsn, std::function<void()> done) {
    static_cast<void>(lsn);
    done();
  }

  // What follows from the journal up to this record was shown by an earlier life of the controller
  // and can still be seen: a replay need not show it again.
  virtual std::uint64_t shown_up_to() const { return 0; }
};

// Shows nothing.
class NoCheckpoints final : public CheckpointSink {
 public:
  void Show(CheckpointEvent) override {}
};

}  // namespace orrery::runtime
