#include "bench/engine/engine_run.h"

#include <memory>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/overload.h"
#include "base/uuid.h"
#include "model/outcome.h"
#include "model/workflow.h"
#include "tests/unit/controller/engine/sketch.h"

namespace orrery::bench {
namespace {

using engine::AssignAttempt;
using engine::SessionId;

const graph::ValuePtr& One() {
  static const graph::ValuePtr kOne = engine::Json("1");
  return kOne;
}

model::Outputs OutputsOf(const AssignAttempt& attempt) {
  model::Outputs outputs;
  for (const engine::PortIndex port : attempt.graph->outputs(attempt.node)) {
    outputs.push_back({std::string(attempt.graph->port_name(port)), One()});
  }
  return outputs;
}

}  // namespace

EngineRun::EngineRun(std::uint64_t workers) : engine_(engine::Settings{.shows_nodes = false}) {
  now_ = absl::FromUnixSeconds(1'700'000'000);
  Step(engine::ControllerStart{});
  const std::shared_ptr<const graph::Catalog> catalog = engine::AdaCatalog();
  for (std::uint64_t worker = 1; worker <= workers; ++worker) {
    Step(engine::WorkerHello{.session = SessionId(worker),
                             .worker = {.instance = Uuid::FromInteger(worker),
                                        .host = "here",
                                        .process_id = 7,
                                        .catalog = catalog},
                             .held = {}});
  }
  while (Answer()) continue;
}

void EngineRun::Step(engine::Input input) {
  now_ += absl::Microseconds(1);
  engine::Output output = engine_.Step(now_, std::move(input));
  for (engine::Record& record : output.records) records_.push_back(std::move(record));
  const Overload perform = {
      [&](AssignAttempt& effect) { assigned_[effect.session].push_back(std::move(effect)); },
      [&](const engine::AdmitWorker& effect) {
        answers_.push_back(engine::WorkerAdmitted{effect.session});
      },
      [&](const engine::StoreValue& effect) {
        blobs_[effect.digest] = *effect.bytes;
        answers_.push_back(engine::ValueStored{effect.digest, absl::OkStatus()});
      },
      [&](const engine::LoadValue& effect) {
        answers_.push_back(engine::ValueLoaded{effect.digest, blobs_.at(effect.digest)});
      },
      [&](const engine::WorkflowSettled& effect) {
        CHECK(effect.status == model::WorkflowStatus::kSucceeded);
        is_settled_ = true;
      },
      [](const auto&) {}};
  for (engine::Effect& effect : output.free) std::visit(perform, effect);
  for (engine::Effect& effect : output.gated) std::visit(perform, effect);
}

bool EngineRun::Answer() {
  if (!answers_.empty()) {
    engine::Input input = std::move(answers_.front());
    answers_.pop_front();
    Step(std::move(input));
    return true;
  }
  if (!assigned_.empty()) {
    Step(TakeAnswers());
    return true;
  }
  if (const auto due = engine_.NextDeadline(); due.has_value() && *due <= now_) {
    Step(engine::Tick{});
    return true;
  }
  return false;
}

engine::OutcomesReceived EngineRun::TakeAnswers() {
  const auto first = assigned_.extract(assigned_.begin());
  engine::OutcomesReceived received{.session = first.key(), .outcomes = {}};
  for (const AssignAttempt& attempt : first.mapped()) {
    received.outcomes.push_back({.attempt = attempt.attempt,
                                 .sequence = ++sequences_[first.key()],
                                 .started_at = now_,
                                 .finished_at = now_,
                                 .result = OutputsOf(attempt)});
  }
  return received;
}

void EngineRun::Finish(graph::Graph graph) {
  is_settled_ = false;
  ++workflows_;
  Step(engine::SubmitWorkflow{
      .request = engine::RequestId(workflows_),
      .id = Uuid::FromInteger(workflows_),
      .submission = {.name = "measured",
                     .graph = std::make_shared<const graph::Graph>(std::move(graph))}});
  while (!is_settled_) CHECK(Answer());
}

void EngineRun::Replay() const {
  engine::Engine again(engine::Settings{.shows_nodes = false});
  const engine::ValueReader read = [this](const Digest& digest) -> absl::StatusOr<std::string> {
    return blobs_.at(digest);
  };
  for (const engine::Record& record : records_) CHECK(again.Replay(record, read).ok());
}

}  // namespace orrery::bench
