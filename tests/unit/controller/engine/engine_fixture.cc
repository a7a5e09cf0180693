#include "tests/unit/controller/engine/engine_fixture.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/worker.h"
#include "model/workflow.h"

namespace orrery::engine {

void EngineFixture::Reset(Settings settings) {
  settings_ = settings;
  engine_ = std::make_unique<Engine>(settings_);
}

const Output& EngineFixture::Step(Input input) {
  is_started_ = true;
  last_ = {};
  for (std::optional<Input> next = std::move(input); next.has_value();) {
    Output output = engine_->Step(now_, *std::exchange(next, std::nullopt));
    const absl::Status status = engine_->CheckInvariants();
    EXPECT_TRUE(status.ok()) << status;
    for (const Effect& effect : output.gated) {
      const auto* admit = std::get_if<AdmitWorker>(&effect);
      if (admit != nullptr && is_disk_fast_) next = WorkerAdmitted{admit->session};
    }
    std::ranges::move(output.records, std::back_inserter(last_.records));
    std::ranges::move(output.free, std::back_inserter(last_.free));
    std::ranges::move(output.gated, std::back_inserter(last_.gated));
  }
  for (const Record& record : last_.records) {
    EXPECT_EQ(record.at, now_);
    records_.push_back(record);
  }
  for (const StoreValue& value : FreeEffects<StoreValue>()) blobs_[value.digest] = *value.bytes;
  has_loaded_ =
      has_loaded_ || !FreeEffects<LoadValue>().empty() || !FreeEffects<StoreValue>().empty();
  for (const AssignAttempt& attempt : Effects<AssignAttempt>()) assigned_.push_back(attempt);
  for (const WorkflowSettled& settled : Effects<WorkflowSettled>()) settled_[settled.id] = settled;
  for (const WorkflowRemoved& removed : Effects<WorkflowRemoved>()) settled_.erase(removed.id);
  return last_;
}

void EngineFixture::Elapse(absl::Duration by) {
  const absl::Time end = now_ + by;
  for (auto due = engine_->NextDeadline(); due.has_value() && *due <= end;
       due = engine_->NextDeadline()) {
    now_ = std::max(now_, *due);
    Step(Tick{});
  }
  now_ = end;
}

void EngineFixture::ReplayInto(Engine& engine, std::size_t count) const {
  const ValueReader read = [this](const Digest& digest) -> absl::StatusOr<std::string> {
    const auto blob = blobs_.find(digest);
    if (blob == blobs_.end()) return absl::NotFoundError("no such blob");
    return blob->second;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const absl::StatusOr<Output> output = engine.Replay(records_[i], read);
    ASSERT_TRUE(output.ok()) << "record " << i << ": " << output.status();
    EXPECT_TRUE(output->records.empty());
    EXPECT_TRUE(output->gated.empty());
    const absl::Status status = engine.CheckInvariants();
    ASSERT_TRUE(status.ok()) << "record " << i << ": " << status;
  }
}

void EngineFixture::ExpectReplayGivesTheSameState() const {
  // A replay derives the consequences of large values and long computations only when it must:
  // until then the states differ.
  const bool is_behind = has_loaded_ || settings_.step_work.max < Settings().step_work.max;
  if (!is_started_ || is_behind) return;
  Engine again(settings_);
  ReplayInto(again, records_.size());
  EXPECT_EQ(again.StateDigest(), engine_->StateDigest())
      << "after " << records_.size() << " records";
}

void EngineFixture::Restart(std::optional<std::size_t> count) {
  records_.resize(count.value_or(records_.size()));
  Reset(settings_);
  ReplayInto(*engine_, records_.size());
  settled_.clear();
  Start();
}

void EngineFixture::AnswerLoads() {
  for (const LoadValue& wanted : FreeEffects<LoadValue>()) {
    Step(ValueLoaded{wanted.digest, blobs_.at(wanted.digest)});
  }
}

void EngineFixture::AnswerStores() {
  for (const StoreValue& value : FreeEffects<StoreValue>()) {
    Step(ValueStored{value.digest, absl::OkStatus()});
  }
}

absl::Status EngineFixture::Submit(graph::Graph graph, SubmitTraits traits, const Uuid& id) {
  const RequestId request(++last_request_);
  Step(
      SubmitWorkflow{.request = request,
                     .id = id,
                     .submission = {.name = traits.name,
                                    .graph = std::make_shared<const graph::Graph>(std::move(graph)),
                                    .inputs = std::move(traits.inputs),
                                    .side_effects = std::move(traits.side_effects),
                                    .failure_rules = std::move(traits.failure_rules),
                                    .cache_mode = traits.cache_mode},
                     .clean = traits.clean,
                     .wait_for_workers = traits.wait_for_workers});
  const std::vector<AnswerRequest> answers = GatedEffects<AnswerRequest>();
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers.front().request, request);
  return answers.front().status;
}

absl::Status EngineFixture::Answered() const {
  const std::vector<AnswerRequest> answers = GatedEffects<AnswerRequest>();
  EXPECT_EQ(answers.size(), 1u);
  return answers.front().status;
}

absl::Status EngineFixture::Cancel(const Uuid& id) {
  Step(CancelWorkflow{.request = RequestId(++last_request_), .id = id, .reason = "not needed"});
  return Answered();
}

absl::Status EngineFixture::CancelAt(const std::string& location, const Uuid& id) {
  Step(CancelWorkflow{.request = RequestId(++last_request_),
                      .id = id,
                      .reason = "not needed",
                      .location = graph::Location::Parse(location).value()});
  return Answered();
}

absl::Status EngineFixture::Pause(bool is_paused, const Uuid& id) {
  Step(PauseWorkflow{.request = RequestId(++last_request_), .id = id, .is_paused = is_paused});
  return Answered();
}

std::optional<WorkflowSettled> EngineFixture::SettledOf(const Uuid& id) const {
  const auto it = settled_.find(id);
  if (it == settled_.end()) return std::nullopt;
  return it->second;
}

model::WorkflowStatus EngineFixture::StatusOf(const Uuid& id) const {
  const std::optional<WorkflowSettled> settled = SettledOf(id);
  return settled.has_value() ? settled->status : model::WorkflowStatus::kRunning;
}

std::string EngineFixture::OutputOf(const std::string& port, const Uuid& id) const {
  const std::optional<WorkflowSettled> settled = SettledOf(id);
  if (!settled.has_value()) return "not settled";
  const auto output = std::ranges::find(settled->outputs, port, &graph::NamedValue::name);
  return output == settled->outputs.end() ? "no such output" : std::string(output->value->bytes());
}

std::string EngineFixture::FailureOf(const Uuid& id) const {
  const std::optional<WorkflowSettled> settled = SettledOf(id);
  if (!settled.has_value()) return "not settled";
  return settled->failures.empty() ? "no failure" : settled->failures.front().error.message;
}

SessionId EngineFixture::Connect(const Uuid& instance, WorkerTraits traits) {
  const SessionId session(++last_session_);
  Step(WorkerHello{.session = session,
                   .worker = {.instance = instance,
                              .host = "host" + std::to_string(instance.bytes.back()),
                              .process_id = traits.process_id,
                              .slots = traits.slots,
                              .catalog = std::move(traits.catalog),
                              .dies_with_controller = traits.dies_with_controller},
                   .held = std::move(traits.held),
                   .key = traits.key.value_or(keys_[instance]),
                   .new_key = "key of session " + std::to_string(session.value())});
  for (const WelcomeWorker& welcome : FreeEffects<WelcomeWorker>()) keys_[instance] = welcome.key;
  return session;
}

bool EngineFixture::IsKept() const {
  return FreeEffects<WelcomeWorker>().at(0).verdicts.at(0).keep;
}

std::uint64_t EngineFixture::AcknowledgedTo(SessionId session) const {
  std::uint64_t sequence = 0;
  for (const auto& effect : GatedEffects<AcknowledgeOutcomes>()) {
    if (effect.session == session) sequence = effect.sequence;
  }
  return sequence;
}

std::vector<AssignAttempt> EngineFixture::AssignedTo(SessionId session) const {
  std::vector<AssignAttempt> mine;
  std::ranges::copy_if(assigned_, std::back_inserter(mine),
                       [&](const AssignAttempt& attempt) { return attempt.session == session; });
  return mine;
}

AssignAttempt EngineFixture::AttemptAt(const std::string& location, const Uuid& id) const {
  for (auto it = assigned_.rbegin(); it != assigned_.rend(); ++it) {
    if (it->workflow == id && it->location.ToString() == location) return *it;
  }
  ADD_FAILURE() << "no attempt at " << location;
  return {};
}

bool EngineFixture::IsAssigned(const std::string& location, const Uuid& id) const {
  return std::ranges::any_of(assigned_, [&](const AssignAttempt& attempt) {
    return attempt.workflow == id && attempt.location.ToString() == location;
  });
}

std::vector<std::string> EngineFixture::AssignedLocations() const {
  std::vector<std::string> locations;
  for (const AssignAttempt& attempt : assigned_) locations.push_back(attempt.location.ToString());
  return locations;
}

model::Outputs EngineFixture::OutputsOf(const AssignAttempt& attempt, const std::string& json) {
  model::Outputs outputs;
  if (attempt.graph == nullptr) return outputs;
  for (const PortIndex port : attempt.graph->outputs(attempt.node)) {
    outputs.push_back({std::string(attempt.graph->port_name(port)), Json(json)});
  }
  return outputs;
}

void EngineFixture::Send(SessionId session, model::AttemptId attempt,
                         std::variant<model::Outputs, model::TaskError> result) {
  Step(OutcomesReceived{session,
                        {{.attempt = attempt,
                          .sequence = ++sequences_[session],
                          .started_at = now_,
                          .finished_at = now_,
                          .result = std::move(result)}}});
}

void EngineFixture::Succeed(const AssignAttempt& attempt, const std::string& json) {
  Send(attempt.session, attempt.attempt, OutputsOf(attempt, json));
}

void EngineFixture::Fail(const AssignAttempt& attempt, const std::string& message) {
  Send(attempt.session, attempt.attempt, model::TaskError{.message = message, .details = ""});
}

void EngineFixture::SucceedAll() {
  for (std::size_t i = 0; i < assigned_.size(); ++i) {
    const AssignAttempt attempt = assigned_[i];
    Succeed(attempt);
  }
}

void EngineFixture::Release(const AssignAttempt& attempt) {
  Step(AttemptsReleased{attempt.session, {attempt.attempt}});
}

model::HeldAttempt EngineFixture::HeldOf(const AssignAttempt& attempt, bool is_finished) {
  const graph::Node& node = attempt.graph->graph().nodes[attempt.node];
  const std::string name = std::get<graph::FunctionNode>(node.kind).function_name;
  return {.attempt = attempt.attempt,
          .workflow = attempt.workflow,
          .location = attempt.location,
          .task = graph::SplitFunctionName(name).task,
          .inputs_digest = attempt.inputs_digest,
          .is_finished = is_finished};
}

}  // namespace orrery::engine
