// Earlier workflows as the runtime needs them, read from the journal on a thread of its own.
#pragma once

#include <functional>
#include <memory>

#include "controller/io_thread.h"
#include "controller/journal/journal.h"
#include "controller/runtime/blob_io.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/mailbox.h"

namespace orrery {

class HistoryThread final : public runtime::HistorySource {
 public:
  // All outlive it.
  HistoryThread(const journal::Journal& journal, runtime::BlobIo& blobs, runtime::Mailbox& mailbox)
      : journal_(journal), blobs_(blobs), thread_(mailbox) {}

  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override;
  void Plan(engine::WorkflowSubmitted submission, std::shared_ptr<const engine::History> history,
            std::function<void(absl::StatusOr<engine::RerunPlan>)> done) override;

 private:
  const journal::Journal& journal_;
  runtime::BlobIo& blobs_;
  IoThread thread_;
};

}  // namespace orrery
