// Receives the events for the checkpoint tree, if there is one.
//
// Threading: called from the loop thread; must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include "base/uuid.h"
#include "controller/engine/effect.h"

namespace orrery::runtime {

using CheckpointEvent =
    std::variant<engine::WorkflowStarted, engine::FrameOpened, engine::NodeStarted,
                 engine::NodeSettled, engine::WorkflowSettled, engine::WorkflowRemoved>;

class CheckpointSink {
 public:
  virtual ~CheckpointSink() = default;
  // The events of the records up to `lsn` were shown before.
  virtual void Show(CheckpointEvent event, std::uint64_t lsn) = 0;

  // Calls `done` once, on the loop thread, when all earlier events of the workflow are written or
  // given up; possibly before this returns. Never waits for another workflow. A sink that writes
  // asynchronously must override this function.
  virtual void WhenShown(const Uuid& workflow, std::function<void()> done) {
    static_cast<void>(workflow);
    done();
  }

  // Returns the record up to which an earlier process of the controller has written the events of
  // the journal; a replay need not write them again.
  virtual std::uint64_t shown_up_to() const { return 0; }
};

// Shows nothing.
class NoCheckpoints final : public CheckpointSink {
 public:
  void Show(CheckpointEvent, std::uint64_t) override {}
};

}  // namespace orrery::runtime
