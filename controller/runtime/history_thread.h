// Reads earlier workflows from the journal on a thread of its own.
//
// Threading: thread-safe; the journal and the blobs are read on its own thread.
#pragma once

#include <functional>
#include <memory>

#include "controller/journal/journal.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/io_thread.h"
#include "controller/runtime/mailbox.h"
#include "model/rerun_plan.h"

namespace orrery::runtime {

class HistoryThread final : public HistorySource {
 public:
  // All references outlive this object.
  HistoryThread(const journal::Journal& journal, BlobIo& blobs, Mailbox& mailbox)
      : journal_(journal), blobs_(blobs), thread_(mailbox) {}

  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override;
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<model::RerunPlan>)> done) override;

 private:
  const journal::Journal& journal_;
  BlobIo& blobs_;
  IoThread thread_;
};

}  // namespace orrery::runtime
