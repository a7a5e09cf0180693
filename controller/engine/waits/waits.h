// Nodes whose outcome is neither derived nor a worker's: they wait for the bytes of a value, its
// storage, or time, or draw a random number.
//
// Threading: confined to the engine's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "controller/engine/core.h"
#include "controller/engine/ids.h"
#include "controller/engine/input.h"
#include "controller/engine/record.h"
#include "controller/engine/scheduling/ready_queue.h"

namespace orrery::engine {

class Waits {
 public:
  // `core` outlives this.
  explicit Waits(Core& core) : core_(core) {}
  Waits(const Waits&) = delete;
  Waits& operator=(const Waits&) = delete;

  // --- Requests ---
  void Load(const Workflow& workflow, const Turn::Load& load);
  void Store(const Workflow& workflow, const Turn::Store& store);
  // Starts a sleep, which is recorded, or a draw, which the next DrawNumbers ends.
  void Wait(const Workflow& workflow, const Turn::Wait& wait);
  // Fails the node, which the workflow has no memory for.
  void Refuse(const Workflow& workflow, const Turn::Refused& refused);

  // --- Answers ---
  void OnValueLoaded(const ValueLoaded& input);
  void OnValueStored(const ValueStored& input);
  // Ends the sleeps whose time has come.
  void WakeSleepers();
  // Ends draws, as many as a step may start nodes.
  void DrawNumbers();

  // --- Records ---
  void Apply(const NodeSleeping& record);
  // The node has its outcome.
  void Remove(const NodeKey& node);
  void RemoveWorkflow(WorkflowNumber workflow);
  // Appends everything a replay must rebuild.
  void AppendState(std::string& out) const;

  // --- Questions ---
  // When the next sleep or draw ends; infinite if no node waits for one.
  absl::Time NextDeadline() const {
    if (!draws_.empty()) return core_.now;
    return alarms_.empty() ? absl::InfiniteFuture() : alarms_.begin()->first;
  }
  // Until when the node sleeps; nothing if it does not.
  std::optional<absl::Time> SleepsUntil(const NodeKey& node) const;
  struct Sleepers {
    std::size_t count = 0;
    absl::Time first_until = absl::InfiniteFuture();
  };
  Sleepers SleepersOf(WorkflowNumber workflow) const;
  // The values that nodes of the workflow wait for, with how many nodes.
  std::vector<std::pair<Digest, std::size_t>> LoadsOf(WorkflowNumber workflow) const;

 private:
  struct Draw {
    ReadyNode node;
    graph::RandomRange range;
  };

  void Finish(const NodeKey& node, graph::Value value);
  // A failure of the storage says nothing about the value: it is recorded, not derived again.
  void FailForStorage(const Workflow& workflow, NodeRef node, std::string_view what,
                      const absl::Status& why);

  Core& core_;
  std::map<Digest, std::vector<ReadyNode>> loading_;
  std::map<Digest, std::vector<ReadyNode>> storing_;
  std::deque<Draw> draws_;
  // Until when nodes sleep, and the other way round.
  std::map<NodeKey, absl::Time> sleeping_;
  std::set<std::pair<absl::Time, NodeKey>> alarms_;
};

}  // namespace orrery::engine
