// An engine as its tests see it: workers that answer, workflows that end, a controller that
// restarts.
//
// After every step the engine's invariants are checked; at the end of every test, that a replay of
// its records rebuilds the same state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "controller/engine/engine.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {

struct WorkerTraits {
  std::uint32_t slots = 1;
  std::shared_ptr<const graph::Catalog> catalog = AdaCatalog();
  bool dies_with_controller = false;
  std::vector<model::HeldAttempt> held;
  // Nothing: that of its last Welcome.
  std::optional<std::string> key;
  std::uint32_t process_id = 7;
};
struct SubmitTraits {
  std::string name = "flow";
  std::vector<graph::NamedValue> inputs;
  std::vector<std::uint32_t> side_effects;
  graph::FailureRules failure_rules;
  model::CacheMode cache_mode = model::CacheMode::kUse;
  bool clean = false;
  bool wait_for_workers = true;
};

class EngineFixture : public ::testing::Test {
 protected:
  static inline const Uuid kFlow = Uuid::FromInteger(100);
  static inline const Uuid kOtherFlow = Uuid::FromInteger(101);
  static inline const Uuid kLeft = Uuid::FromInteger(1);
  static inline const Uuid kRight = Uuid::FromInteger(2);

  EngineFixture() { Reset(); }
  void TearDown() override { ExpectReplayGivesTheSameState(); }

  // --- The controller ---
  // With other settings, before Start.
  void Reset(Settings settings = {});
  void Start() { Step(ControllerStart{}); }
  const Output& Step(Input input);
  void Advance(absl::Duration by) { now_ += by; }
  // Time passes and the deadlines that it brings are met.
  void Elapse(absl::Duration by);
  // Replays the first `count` records into a new engine, and starts it.
  void Restart(std::optional<std::size_t> count = std::nullopt);
  void ReplayInto(Engine& engine, std::size_t count) const;
  void ExpectReplayGivesTheSameState() const;
  // Answers LoadValue with what `blobs_` has.
  void AnswerLoads();
  // `blobs_` has what StoreValue asked to keep.
  void AnswerStores();

  // --- Clients ---
  absl::Status Submit(graph::Graph graph, SubmitTraits traits = {}, const Uuid& id = kFlow);
  absl::Status Cancel(const Uuid& id = kFlow);
  absl::Status CancelAt(const std::string& location, const Uuid& id = kFlow);
  absl::Status Pause(bool is_paused = true, const Uuid& id = kFlow);
  // How the workflow ended, as far as effects told.
  std::optional<WorkflowSettled> SettledOf(const Uuid& id = kFlow) const;
  model::WorkflowStatus StatusOf(const Uuid& id = kFlow) const;
  // The JSON of an output of a workflow that succeeded.
  std::string OutputOf(const std::string& port = "value", const Uuid& id = kFlow) const;
  // The first failure's message.
  std::string FailureOf(const Uuid& id = kFlow) const;

  // --- Workers ---
  SessionId Connect(const Uuid& instance, WorkerTraits traits = {});
  // Every attempt given to the session, in order.
  std::vector<AssignAttempt> AssignedTo(SessionId session) const;
  // The latest attempt at the node.
  AssignAttempt AttemptAt(const std::string& location, const Uuid& id = kFlow) const;
  bool IsAssigned(const std::string& location, const Uuid& id = kFlow) const;
  std::vector<std::string> AssignedLocations() const;
  // A next outcome of the session: the value of every port the graph uses.
  void Succeed(const AssignAttempt& attempt, const std::string& json = "1");
  void Fail(const AssignAttempt& attempt, const std::string& message = "broken");
  void Send(SessionId session, model::AttemptId attempt,
            std::variant<model::Outputs, model::TaskError> result);
  // Answers attempts with 1, in the order given, until none is open.
  void SucceedAll();
  void Release(const AssignAttempt& attempt);
  static model::HeldAttempt HeldOf(const AssignAttempt& attempt, bool is_finished = false);
  static model::Outputs OutputsOf(const AssignAttempt& attempt, const std::string& json = "1");

  // --- What the last step led to ---
  template <class Kind>
  std::vector<Kind> Effects() const {
    std::vector<Kind> found = FreeEffects<Kind>();
    for (const Kind& effect : GatedEffects<Kind>()) found.push_back(effect);
    return found;
  }
  template <class Kind>
  std::vector<Kind> FreeEffects() const {
    return Select<Kind>(last_.free);
  }
  template <class Kind>
  std::vector<Kind> GatedEffects() const {
    return Select<Kind>(last_.gated);
  }
  template <class Kind>
  std::vector<Kind> Records() const {
    std::vector<Kind> found;
    for (const Record& record : last_.records) {
      if (const auto* body = std::get_if<Kind>(&record.body)) found.push_back(*body);
    }
    return found;
  }
  // Returns true if the only held attempt of the last Hello is kept.
  bool IsKept() const;
  // Returns the sequence number up to which the last step acknowledged the session's outcomes; 0 if
  // it did not.
  std::uint64_t AcknowledgedTo(SessionId session) const;
  // Returns the number of records of this kind in the whole test.
  template <class Kind>
  std::size_t CountOf() const {
    std::size_t count = 0;
    for (const Record& record : records_) count += std::holds_alternative<Kind>(record.body);
    return count;
  }

  Settings settings_;
  // Gated effects are performed in the same step.
  bool is_disk_fast_ = true;
  std::unique_ptr<Engine> engine_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  Output last_;
  std::vector<Record> records_;
  std::map<Digest, std::string> blobs_;
  std::vector<AssignAttempt> assigned_;
  std::map<SessionId, std::uint64_t> sequences_;

 private:
  template <class Kind>
  static std::vector<Kind> Select(const std::vector<Effect>& effects) {
    std::vector<Kind> found;
    for (const Effect& effect : effects) {
      if (const auto* kind = std::get_if<Kind>(&effect)) found.push_back(*kind);
    }
    return found;
  }

  // The answer of the last step to a client.
  absl::Status Answered() const;

  bool is_started_ = false;
  bool has_loaded_ = false;
  std::uint64_t last_session_ = 0;
  std::map<Uuid, std::string> keys_;  // Of the workers, from their last Welcome.
  std::uint64_t last_request_ = 0;
  std::map<Uuid, WorkflowSettled> settled_;
};

}  // namespace orrery::engine
