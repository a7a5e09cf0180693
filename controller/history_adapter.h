// Earlier workflows as the runtime needs them, read from the journal on a thread of its own.
#pragma once

#include <functional>
#include <memory>

#include "controller/io_thread.h"
#include "controller/runtime/history_source.h"
#include "controller/runtime/mailbox.h"
#include "controller/storage/journal.h"

namespace orrery {

class HistoryThread final : public runtime::HistorySource {
 public:
  // Both outlive it.
  HistoryThread(const storage::Journal& journal, runtime::Mailbox& mailbox)
      : journal_(journal), thread_(mailbox) {}

  void Load(
      engine::WorkflowNumber number,
      std::function<void(absl::StatusOr<std::shared_ptr<const engine::History>>)> done) override;

 private:
  const storage::Journal& journal_;
  IoThread thread_;
};

}  // namespace orrery
