#include "tests/simulation/simulated_worker.h"

#include <algorithm>

#include "base/check.h"

namespace orrery::simulation {

SimulatedWorker::SimulatedWorker(World world, Uuid instance,
                                 std::shared_ptr<const graph::Catalog> catalog, std::uint32_t slots)
    : world_(std::move(world)), instance_(instance), catalog_(std::move(catalog)), slots_(slots) {}

engine::WorkerHello SimulatedWorker::Hello(engine::SessionId session) const {
  engine::WorkerHello hello{.session = session,
                            .instance = instance_,
                            .host = "simulated",
                            .slots = slots_,
                            .catalog = catalog_};
  for (const auto& held : held_) {
    if (held->is_cancelled) continue;
    hello.held.push_back({.attempt = held->attempt,
                          .workflow = held->workflow,
                          .location = held->location,
                          .task = held->task,
                          .inputs_digest = held->inputs_digest,
                          .is_finished = held->state == State::kFinished});
  }
  return hello;
}

void SimulatedWorker::Receive(const runtime::SessionCommand& command) {
  if (is_dead_) return;
  std::visit([this](const auto& what) { On(what); }, command);
}

void SimulatedWorker::On(const engine::WelcomeWorker& welcome) {
  is_welcome_ = true;
  last_sequence_ = 0;
  for (const engine::HeldVerdict& verdict : welcome.verdicts) {
    if (verdict.keep) continue;
    Held* held = Find(verdict.attempt);
    if (held == nullptr) continue;
    if (held->state == State::kRunning) {
      held->is_cancelled = true;  // It ends when it ends; nobody is told.
    } else {
      std::erase_if(held_, [&](const auto& entry) { return entry->attempt == verdict.attempt; });
    }
  }
  SendFinished();
  StartMore();
}

void SimulatedWorker::On(const engine::RefuseWorker&) { Die(); }

void SimulatedWorker::On(const engine::AssignAttempt& assignment) {
  CHECK(is_welcome_);
  CHECK(Find(assignment.attempt) == nullptr);
  auto held = std::make_unique<Held>();
  held->attempt = assignment.attempt;
  held->workflow = assignment.workflow;
  held->location = assignment.location;
  held->inputs_digest = assignment.inputs_digest;
  held->task = catalog_->tasks[assignment.task_index].name;
  const graph::Node& node = assignment.graph->graph().nodes[assignment.node];
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (assignment.inputs[i] != nullptr) held->inputs[node.inputs[i].name] = *assignment.inputs[i];
  }
  for (const engine::PortIndex port : assignment.graph->outputs(assignment.node)) {
    held->wanted.emplace_back(assignment.graph->port_name(port));
  }
  held_.push_back(std::move(held));
  StartMore();
}

void SimulatedWorker::On(const engine::CancelAttempt& cancel) {
  Held* held = Find(cancel.attempt);
  if (held == nullptr || held->state == State::kFinished) return;
  held->is_cancelled = true;
  if (held->state != State::kWaiting) return;
  world_.say(*this, {.outcomes = {}, .released = {cancel.attempt}});
  std::erase_if(held_, [&](const auto& entry) { return entry->attempt == cancel.attempt; });
}

void SimulatedWorker::On(const engine::AcknowledgeOutcomes& acknowledged) {
  std::erase_if(held_, [&](const auto& held) {
    const bool is_known = held->sequence > 0 && held->sequence <= acknowledged.sequence;
    if (is_known) world_.acknowledged(held->workflow, held->location.ToString());
    return is_known;
  });
}

void SimulatedWorker::On(const engine::CloseSession&) {
  // The connection's end follows.
}

void SimulatedWorker::Disconnected() {
  if (is_dead_) return;
  is_welcome_ = false;
  for (const auto& held : held_) held->sequence = 0;
  world_.schedule.After(world_.dice.Within(absl::Milliseconds(100), absl::Seconds(2)), [this] {
    if (!is_dead_) world_.connect(*this);
  });
}

void SimulatedWorker::StartMore() {
  if (!is_welcome_ || is_dead_) return;
  const auto running =
      std::ranges::count(held_, State::kRunning, [](const auto& held) { return held->state; });
  std::int64_t free = std::int64_t{slots_} - running;
  for (const auto& held : held_) {
    if (free <= 0) return;
    if (held->state != State::kWaiting) continue;
    held->state = State::kRunning;
    --free;
    ++world_.executions[{held->workflow, held->location.ToString()}];
    const bool is_long = world_.dice.Chance(5);
    world_.schedule.After(world_.dice.Within(absl::Milliseconds(1),
                                             is_long ? absl::Seconds(8) : absl::Milliseconds(50)),
                          [this, attempt = held->attempt] { Finish(attempt); });
  }
}

void SimulatedWorker::Finish(engine::AttemptId attempt) {
  if (is_dead_) return;
  Held* held = Find(attempt);
  CHECK(held != nullptr);
  if (held->is_cancelled) {
    if (is_welcome_) world_.say(*this, {.outcomes = {}, .released = {attempt}});
    std::erase_if(held_, [&](const auto& entry) { return entry->attempt == attempt; });
    StartMore();
    return;
  }
  held->state = State::kFinished;
  engine::Outputs outputs;
  bool has_failed = false;
  for (const std::string& port : held->wanted) {
    auto value = RunTask(catalog_->worker + "." + held->task, held->inputs, port);
    has_failed = has_failed || !value.has_value();
    if (value.has_value()) {
      outputs.push_back({port, std::make_shared<const graph::Value>(*std::move(value))});
    }
  }
  held->outcome = {.attempt = attempt,
                   .sequence = 0,
                   .started_at = world_.schedule.Now(),
                   .finished_at = world_.schedule.Now(),
                   .result = std::move(outputs)};
  if (has_failed) held->outcome.result = engine::TaskError{.message = "it failed, as it does"};
  SendFinished();
  StartMore();
}

void SimulatedWorker::SendFinished() {
  if (!is_welcome_) return;
  Said said;
  for (const auto& held : held_) {
    if (held->state != State::kFinished || held->sequence != 0) continue;
    held->sequence = ++last_sequence_;
    held->outcome.sequence = held->sequence;
    said.outcomes.push_back(held->outcome);
  }
  if (!said.outcomes.empty()) world_.say(*this, std::move(said));
}

SimulatedWorker::Held* SimulatedWorker::Find(engine::AttemptId attempt) {
  const auto it = std::ranges::find(held_, attempt, [](const auto& held) { return held->attempt; });
  return it == held_.end() ? nullptr : it->get();
}

}  // namespace orrery::simulation
