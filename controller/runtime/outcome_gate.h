// Lets outcomes pass when every blob that they name exists, with its length.
//
// A worker may write where nobody else reads: without this, its workflow would succeed with outputs
// that do not exist. Outcomes of one session pass in their order; those without blobs pass at once
// if none of their session waits.
//
// Threading: confined to the loop thread; the blobs are inspected on another.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "controller/runtime/api.h"
#include "controller/runtime/blob_io.h"
#include "model/outcome.h"

namespace orrery::runtime {

// Returns the memory of the outcomes, about.
std::uint64_t MemoryOf(const std::vector<model::Outcome>& outcomes);

class OutcomeGate {
 public:
  using Pass = std::function<void(SessionId, std::vector<model::Outcome>)>;

  // `blobs` outlives this, and this outlives its calls. `pass` may run before Add returns.
  OutcomeGate(BlobIo& blobs, Pass pass) : blobs_(blobs), pass_(std::move(pass)) {}
  OutcomeGate(const OutcomeGate&) = delete;
  OutcomeGate& operator=(const OutcomeGate&) = delete;

  // An outcome whose blobs are absent or have another length passes as an error of the storage.
  void Add(SessionId session, std::vector<model::Outcome> outcomes);
  // Nothing of the session passes any more: its worker sends its outcomes again in the next one.
  void Remove(SessionId session);

  // Memory of the outcomes that wait.
  std::uint64_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Batch {
    std::vector<model::Outcome> outcomes;
    std::uint64_t bytes = 0;
    bool is_checked = false;
  };

  void PassChecked(SessionId session);

  BlobIo& blobs_;
  const Pass pass_;
  // Oldest first. No empty queues.
  std::map<SessionId, std::deque<std::shared_ptr<Batch>>> waiting_;
  std::uint64_t waiting_bytes_ = 0;
};

}  // namespace orrery::runtime
