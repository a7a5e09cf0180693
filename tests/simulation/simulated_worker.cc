#include "tests/simulation/simulated_worker.h"

#include <algorithm>

#include "base/check.h"
#include "controller/engine/settings.h"
#include "fmt/format.h"
#include "model/attempt_id.h"
#include "model/outcome.h"

namespace orrery::simulation {

SimulatedWorker::SimulatedWorker(Dependencies dependencies, Traits traits)
    : dependencies_(std::move(dependencies)),
      run_(dependencies_.run),
      traits_(std::move(traits)),
      key_("key of " + traits_.instance.ToString()) {}

engine::WorkerHello SimulatedWorker::Hello(engine::SessionId session) const {
  engine::WorkerHello hello{.session = session,
                            .worker = {.instance = traits_.instance,
                                       .host = "simulated",
                                       .slots = traits_.slots,
                                       .catalog = traits_.catalog,
                                       .dies_with_controller = traits_.dies_with_controller},
                            .held = {},
                            .key = key_};
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

std::vector<model::AttemptId> SimulatedWorker::Unfinished() const {
  std::vector<model::AttemptId> attempts;
  for (const auto& held : held_) {
    if (held->state != State::kFinished) attempts.push_back(held->attempt);
  }
  return attempts;
}

void SimulatedWorker::WhenAwake(std::function<void()> action) {
  if (is_hung_) {
    when_awake_.push_back(std::move(action));
  } else if (!is_dead_) {
    action();
  }
}

void SimulatedWorker::Resume() {
  is_hung_ = false;
  for (const auto& action : std::exchange(when_awake_, {})) {
    if (!is_dead_) action();
  }
}

void SimulatedWorker::Drain() {
  is_draining_ = true;
  if (is_welcome_) dependencies_.send(*this, {.is_draining = true});
}

void SimulatedWorker::Receive(const runtime::SessionCommand& command) {
  WhenAwake([this, command] { std::visit([this](const auto& what) { On(what); }, command); });
}

void SimulatedWorker::On(const engine::WelcomeWorker& welcome) {
  is_welcome_ = true;
  last_sequence_ = 0;
  for (const engine::HeldVerdict& verdict : welcome.verdicts) {
    if (verdict.keep) continue;
    Held* held = Find(verdict.attempt);
    if (held == nullptr) continue;
    if (held->state == State::kRunning) {
      held->is_cancelled = true;  // It runs to its end, which is not reported.
    } else {
      std::erase_if(held_, [&](const auto& entry) { return entry->attempt == verdict.attempt; });
    }
  }
  if (is_draining_) dependencies_.send(*this, {.is_draining = true});
  if (stuck_slots_ > 0) TellStuck();
  SendFinished();
  StartMore();
}

void SimulatedWorker::On(const engine::RefuseWorker& refusal) {
  run_.Violated(fmt::format("a right worker is refused: {}", refusal.message));
  Die();
}

std::int64_t SimulatedWorker::AttemptsMax() const {
  return std::int64_t{traits_.slots} +
         static_cast<std::int64_t>(engine::Settings{}.prefetched_attempts.max);
}

void SimulatedWorker::On(const engine::AssignAttempt& assignment) {
  CHECK(is_welcome_);
  if (Find(assignment.attempt) != nullptr) run_.Violated("an attempt is given twice");
  const auto unfinished = std::ranges::count_if(held_, [](const auto& held) {
    return held->state != State::kFinished && !held->is_cancelled;
  });
  if (unfinished >= AttemptsMax()) {
    run_.Violated(fmt::format("worker {} with {} slots is given an attempt beyond {}",
                              traits_.instance.ToString(), traits_.slots, unfinished));
  }
  if (run_.schedule.Now() < rejects_until_) {
    dependencies_.send(*this, {.released = {assignment.attempt}});
    return;
  }
  auto held = std::make_unique<Held>();
  held->attempt = assignment.attempt;
  held->workflow = assignment.workflow;
  held->location = assignment.location;
  held->inputs_digest = assignment.inputs_digest;
  held->task = traits_.catalog->tasks[assignment.task_index].name;
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
  if (held->state != State::kWaiting) {
    if (run_.options.tasks_stick && run_.dice.Chance(50)) LeaveStuck(cancel.attempt);
    return;
  }
  dependencies_.send(*this, {.released = {cancel.attempt}});
  std::erase_if(held_, [&](const auto& entry) { return entry->attempt == cancel.attempt; });
}

void SimulatedWorker::On(const engine::RevokeAttempts& revoke) {
  WorkerMessage message;
  for (const model::AttemptId attempt : revoke.attempts) {
    const Held* held = Find(attempt);
    if (held != nullptr && held->state != State::kWaiting) continue;
    std::erase_if(held_, [&](const auto& entry) { return entry->attempt == attempt; });
    message.released.push_back(attempt);
  }
  if (!message.released.empty()) dependencies_.send(*this, std::move(message));
}

void SimulatedWorker::On(const engine::DrainWorker&) {
  if (!is_draining_) Drain();
}

void SimulatedWorker::On(const engine::AcknowledgeOutcomes& acknowledged) {
  std::erase_if(held_, [&](const auto& held) {
    const bool is_known = held->sequence > 0 && held->sequence <= acknowledged.sequence;
    if (is_known) dependencies_.on_acknowledged(held->attempt);
    return is_known;
  });
}

void SimulatedWorker::On(const engine::CloseSession&) {
  // The connection is closed next.
}

void SimulatedWorker::Disconnected() {
  WhenAwake([this] {
    is_welcome_ = false;
    for (const auto& held : held_) held->sequence = 0;
    run_.schedule.After(run_.dice.Within(absl::Milliseconds(100), absl::Seconds(2)),
                        [this] { WhenAwake([this] { dependencies_.connect(*this); }); });
  });
}

void SimulatedWorker::StartMore() {
  if (!is_welcome_ || is_dead_) return;
  const auto running =
      std::ranges::count(held_, State::kRunning, [](const auto& held) { return held->state; });
  std::int64_t free = std::int64_t{traits_.slots} - running - std::int64_t{stuck_slots_};
  for (const auto& held : held_) {
    if (free <= 0) return;
    if (held->state != State::kWaiting) continue;
    held->state = State::kRunning;
    held->started_at = run_.schedule.Now();
    --free;
    run_.executions[{held->workflow, held->location.ToString()}].push_back(held->attempt);
    dependencies_.on_started(*this, held->workflow, held->location);
    if (traits_.catalog->Find(held->task)->is_effect_once) dependencies_.on_effect(held->attempt);
    const bool is_long = run_.dice.Chance(5);
    run_.schedule.After(
        run_.dice.Within(absl::Milliseconds(1), is_long ? absl::Seconds(8) : traits_.task_time_max),
        [this, attempt = held->attempt] { WhenAwake([this, attempt] { Finish(attempt); }); });
  }
}

void SimulatedWorker::Finish(model::AttemptId attempt) {
  Held* held = Find(attempt);
  if (held == nullptr) return;  // It was left behind.
  if (held->is_cancelled) {
    if (is_welcome_) dependencies_.send(*this, {.released = {attempt}});
    std::erase_if(held_, [&](const auto& entry) { return entry->attempt == attempt; });
    StartMore();
    return;
  }
  held->state = State::kFinished;
  held->outcome = Compute(*held);
  SendFinished();
  StartMore();
}

void SimulatedWorker::LeaveStuck(model::AttemptId attempt) {
  ++stuck_slots_;
  TellStuck();
  if (is_welcome_) dependencies_.send(*this, {.released = {attempt}});
  std::erase_if(held_, [&](const auto& entry) { return entry->attempt == attempt; });
  run_.schedule.After(run_.dice.Within(absl::Milliseconds(100), absl::Seconds(20)), [this] {
    WhenAwake([this] {
      --stuck_slots_;
      TellStuck();
      StartMore();
    });
  });
}

void SimulatedWorker::TellStuck() {
  if (is_welcome_) dependencies_.send(*this, {.stuck_slots = stuck_slots_});
}

void SimulatedWorker::RejectFor(absl::Duration duration) {
  rejects_until_ = run_.schedule.Now() + duration;
}

model::Outcome SimulatedWorker::Compute(const Held& held) const {
  model::Outputs outputs;
  const std::string function_name = traits_.catalog->worker + "." + held.task;
  // Computes it even if no output is wanted.
  const bool has_failed = !RunTask(function_name, held.inputs, "value").has_value();
  for (const std::string& port : held.wanted) {
    auto value = RunTask(function_name, held.inputs, port);
    if (value.has_value() && is_wrong_) value = graph::JsonValue("\"wrong\"");
    if (value.has_value()) {
      outputs.push_back({port, std::make_shared<const graph::Value>(*std::move(value))});
    }
  }
  model::Outcome outcome{.attempt = held.attempt,
                         .sequence = 0,
                         .started_at = held.started_at,
                         .finished_at = run_.schedule.Now(),
                         .result = std::move(outputs)};
  if (has_failed) outcome.result = model::TaskError{.message = "it failed, as it does"};
  return outcome;
}

void SimulatedWorker::Lie(model::AttemptId attempt) {
  model::Outputs outputs;
  for (const char* port : {"value", "second"}) {
    outputs.push_back({port, std::make_shared<const graph::Value>(graph::JsonValue("\"a lie\""))});
  }
  const model::Outcome lie{.attempt = attempt,
                           .sequence = ++last_sequence_,
                           .started_at = run_.schedule.Now(),
                           .finished_at = run_.schedule.Now(),
                           .result = std::move(outputs)};
  dependencies_.send(*this, {.outcomes = {lie}});
}

bool SimulatedWorker::RepeatOutcome() {
  const auto told =
      std::ranges::find_if(held_, [](const auto& held) { return held->sequence != 0; });
  if (told == held_.end()) return false;
  Lie((*told)->attempt);
  return true;
}

bool SimulatedWorker::ReleaseWaiting() {
  WorkerMessage message;
  std::erase_if(held_, [&](const auto& held) {
    if (held->state != State::kWaiting) return false;
    message.released.push_back(held->attempt);
    return true;
  });
  if (message.released.empty()) return false;
  dependencies_.send(*this, message);
  return true;
}

void SimulatedWorker::SendFinished() {
  if (!is_welcome_) return;
  WorkerMessage message;
  for (const auto& held : held_) {
    if (held->state != State::kFinished || held->sequence != 0) continue;
    held->sequence = ++last_sequence_;
    held->outcome.sequence = held->sequence;
    message.outcomes.push_back(held->outcome);
  }
  if (!message.outcomes.empty()) dependencies_.send(*this, std::move(message));
}

SimulatedWorker::Held* SimulatedWorker::Find(model::AttemptId attempt) {
  const auto it = std::ranges::find(held_, attempt, [](const auto& held) { return held->attempt; });
  return it == held_.end() ? nullptr : it->get();
}

}  // namespace orrery::simulation
