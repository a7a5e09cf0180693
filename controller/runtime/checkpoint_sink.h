// Receives the events for the checkpoint tree, if there is one.
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
                 engine::NodeSettled, engine::WorkflowSettled, engine::WorkflowRemoved>;

class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  virtual void Show(CheckpointEvent event) = 0;

  // Calls `done` once, on the loop thread, when all earlier events are written or given up;
  // possibly before this returns. These are the events of the journal up to record `lsn`. A sink
  // that writes asynchronously must override this function.
  virtual void WhenShown(std::uint64_t lsn, std::function<void()> done) {
    static_cast<void>(lsn);
    done();
  }

  // Returns the record up to which an earlier process of the controller has written the events of
  // the journal; a replay need not write them again.
  virtual std::uint64_t shown_up_to() const { return 0; }
};

// Shows nothing.
class NoCheckpoints final : public CheckpointSink {
 public:
  void Show(CheckpointEvent) override {}
};

}  // namespace orrery::runtime
