// The engine among clients and workers that say what they like, blobs that cannot be read, and a
// controller that dies at any moment. The simulation (tests/simulation) proves that all goes well
// with honest workers; here nothing breaks with others.
//
// Remembers the engine's requests, so that many of the answers are almost right.
#include "controller/engine/engine.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "model/attempt_id.h"
#include "model/outcome.h"
#include "model/submission.h"
#include "model/worker.h"
#include "tests/fuzz/byte_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/controller/engine/sketch.h"

namespace orrery::fuzz {
namespace {

constexpr std::size_t kStepsMax = 100;
// Few frames are as good as many, and sooner checked.
constexpr engine::Settings kSettings{.workers_lost = {.max = 2}, .frame_depth = {.max = 8}};
constexpr std::size_t kNodesMax = 8;
constexpr absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

constexpr std::string_view kPorts[] = {"value", "rest", "a", "b", "x", "strange"};

// A graph of one task that takes `x` if it wants to.
graph::Graph SmallGraph() {
  engine::Sketch sketch;
  const graph::PortRef x = sketch.Input("x");
  const graph::PortRef sum = sketch.Task("ada.add", {{"a", x}, {"b", x}});
  return sketch.Returning({{"value", sum}, {"rest", x}});
}

// A graph that runs itself for ever.
graph::Graph EndlessGraph() {
  engine::Sketch sketch;
  const graph::PortRef x = sketch.Input("x");
  return sketch.Returning(sketch.Eval(engine::OwnGraph(), {{"x", x}}));
}

// The content of the blob store.
const std::vector<std::string>& Blobs() {
  static const std::vector<std::string> kBlobs = {
      graph::WriteGraphData(SmallGraph()), graph::WriteGraphData(engine::Chain(3)),
      graph::WriteGraphData(EndlessGraph()), R"({"nodes": []})", "no graph"};
  return kBlobs;
}

// The small graphs that clients submit.
class GraphMaker {
 public:
  explicit GraphMaker(ByteReader& bytes) : bytes_(bytes) {}

  graph::Graph Make() {
    const std::size_t count = 1 + bytes_.Below(kNodesMax);
    values_.push_back(sketch_.Const("1"));
    for (std::size_t i = 0; i < count; ++i) values_.push_back(MakeNode());
    return sketch_.Returning({{"value", values_.back()}, {"rest", Value()}});
  }

 private:
  graph::PortRef Value() { return values_[values_.size() - 1 - bytes_.Below(values_.size())]; }

  graph::PortRef MakeNode() {
    switch (bytes_.Below(12)) {
      case 0:
        return sketch_.Const(SmallGraph());
      case 1:
        return sketch_.Const(engine::BlobOf(bytes_.Below(2) == 0 ? Blobs()[0] : "not stored"));
      case 2:
        return sketch_.Eval(engine::OwnGraph(), {}, "value");
      case 3:
        return sketch_.Eval(Value(), {{"x", Value()}}, "value");
      case 4:
        return sketch_.Eval(sketch_.Const(engine::BlobOf(Blobs()[bytes_.Below(Blobs().size())])),
                            {{"x", Value()}});
      case 5:
        return sketch_.Task("ada.times", {{"a", Value()}}, "rest");
      case 6: {
        const graph::PortRef pred = Value();
        const graph::PortRef yes = Value();
        const bool is_eager = bytes_.Chance();
        return {sketch_.Add({graph::IfElseNode{pred, yes, Value(), is_eager}, {}}), "value"};
      }
      case 7: {
        const graph::PortRef body = sketch_.Const(SmallGraph());
        const graph::PortRef list = sketch_.Const("[1, [2], \"three\"]");
        const graph::PortRef elements =
            sketch_.Task("builtins.unfold_values", {{"value", list}}, "*");
        const std::int32_t map = sketch_.Add({graph::MapNode{body}, {{"x", elements}}});
        return sketch_.Task("builtins.fold_values", {{"values_glob", {map, "value-*"}}});
      }
      case 8: {
        const graph::PortRef body = sketch_.Const(SmallGraph());
        return {sketch_.Add({graph::LoopNode{body, "value", ""}, {{"x", Value()}}}), "rest"};
      }
      case 9:
        return sketch_.Task("builtins.tkr_sleep", {{"delay_seconds", Value()}});
      default: {
        const graph::PortRef a = Value();
        return sketch_.Task("ada.add", {{"a", a}, {"b", Value()}});
      }
    }
  }

  ByteReader& bytes_;
  engine::Sketch sketch_;
  std::vector<graph::PortRef> values_;
};

class Outside {
 public:
  explicit Outside(std::string_view bytes) : bytes_(bytes) { Tell(engine::ControllerStart()); }

  void Run() {
    for (std::size_t i = 0; i < kStepsMax && !bytes_.is_at_end(); ++i) Act();
    Restart();
  }

 private:
  void Act() {
    switch (bytes_.Below(16)) {
      case 0:
      case 1:
        return Submit();
      case 2:
        return Cancel();
      case 3:
      case 4:
        return Connect();
      case 5:
        return Tell(engine::SessionLost{PickSession()});
      case 6:
        return Tell(engine::WorkerDied{PickUuid(), {.reason = "it ended"}});
      case 7:
        return Tell(engine::WorkerDraining{PickSession()});
      case 8:
        return Tell(engine::AttemptsReleased{PickSession(), {PickAttempt(), PickAttempt()}});
      case 9:
      case 10:
        return AnswerLoad();
      case 11:
        now_ += absl::Seconds(bytes_.Byte());
        return Tell(engine::Tick());
      case 12:
        return Restart();
      case 13:
        return bytes_.Chance() ? Rerun() : AnswerHistory();
      case 14:
        return Pause();
      default:
        return Finish();
    }
  }

  void Submit() {
    auto graph = std::make_shared<const graph::Graph>(GraphMaker(bytes_).Make());
    const Uuid id = PickUuid();
    const std::uint8_t flags = bytes_.Byte();
    Tell(engine::SubmitWorkflow{
        .request = engine::RequestId(++last_request_),
        .id = id,
        .submission = {.name = "flow",
                       .graph = std::move(graph),
                       .failure_rules = Rules(flags),
                       .cache_mode =
                           (flags & 16) != 0 ? model::CacheMode::kRefresh : model::CacheMode::kUse},
        .clean = (flags & 1) != 0,
        .wait_for_workers = (flags & 2) != 0});
  }

  static graph::FailureRules Rules(std::uint8_t flags) {
    graph::FailureRules rules{.policies = {}, .continues = (flags & 4) != 0};
    if ((flags & 8) != 0) {
      rules.policies["*"] = {.attempts = 2,
                             .backoff = absl::Seconds(5),
                             .run_timeout = {},
                             .queue_timeout = absl::Seconds(100)};
    }
    return rules;
  }

  void Rerun() {
    engine::RerunWorkflow rerun{
        .request = engine::RequestId(++last_request_), .source = PickUuid(), .id = PickUuid()};
    const std::size_t node = bytes_.Below(12);
    if (node < 10) {
      rerun.from = {{{graph::StepKind::kNode, static_cast<std::int64_t>(node)}}};
      if (bytes_.Chance()) rerun.from->steps.push_back({graph::StepKind::kNode, 1});
    }
    Tell(std::move(rerun));
  }

  // Mostly with what the records have; the journal may also be unreadable.
  void AnswerHistory() {
    if (histories_.empty()) return;
    const engine::WorkflowNumber number = histories_.front();
    histories_.pop_front();
    if (bytes_.Below(8) == 1) {
      return Tell(engine::HistoryLoaded{number, absl::DataLossError("a wrong byte")});
    }
    const auto history = std::make_shared<engine::History>();
    for (const engine::Record& record : records_) engine::Collect(record, number, *history);
    Tell(engine::HistoryLoaded{number, history});
  }

  void Cancel() {
    engine::CancelWorkflow input{
        .request = engine::RequestId(++last_request_), .id = PickUuid(), .reason = "not needed"};
    if (bytes_.Below(2) == 1) {
      input.location = graph::Location().Child(graph::StepKind::kNode, bytes_.Below(8));
    }
    Tell(std::move(input));
  }

  void Pause() {
    Tell(engine::PauseWorkflow{.request = engine::RequestId(++last_request_),
                               .id = PickUuid(),
                               .is_paused = bytes_.Below(2) == 1});
  }

  static graph::TaskSpec CacheableTask(graph::TaskSpec task) {
    task.is_cacheable = true;
    task.version = "1";
    return task;
  }

  // Each connection is a new session; the process that makes it may have had others.
  void Connect() {
    auto catalog = std::make_shared<graph::Catalog>(*engine::AdaCatalog());
    const std::uint8_t kind = bytes_.Byte();
    if (kind % 8 == 0) catalog->tasks[0].version = "another";
    if (kind % 8 == 1) catalog->tasks.erase(catalog->tasks.begin());
    if (kind % 8 == 2) catalog->worker = "bob";
    // A cacheable task without a version is refused.
    if (kind % 8 == 3) catalog->tasks[0].is_cacheable = true;
    if (kind % 8 >= 4) catalog->tasks[1] = CacheableTask(catalog->tasks[1]);
    engine::WorkerHello hello{.session = engine::SessionId(++last_session_),
                              .worker = {.instance = PickUuid(),
                                         .host = "host",
                                         .slots = static_cast<std::uint32_t>(bytes_.Below(4)),
                                         .catalog = std::move(catalog),
                                         .dies_with_controller = kind >= 128},
                              .held = {},
                              .key = "the same for all"};
    const std::size_t held = bytes_.Below(4);
    for (std::size_t i = 0; i < held; ++i) hello.held.push_back(MakeHeld());
    next_sequence_[last_session_] = 1;
    Tell(std::move(hello));
  }

  model::HeldAttempt MakeHeld() {
    if (assigned_.empty())
      return {.attempt = PickAttempt(), .workflow = PickUuid(), .location = {}};
    const engine::AssignAttempt& known = assigned_[bytes_.Below(assigned_.size())];
    model::HeldAttempt held{.attempt = known.attempt,
                            .workflow = known.workflow,
                            .location = known.location,
                            .task = "add",
                            .inputs_digest = known.inputs_digest,
                            .is_finished = bytes_.Chance()};
    switch (bytes_.Below(8)) {
      case 0:
        held.attempt = PickAttempt();
        break;
      case 1:
        held.workflow = PickUuid();
        break;
      case 2:
        held.location = {
            {{graph::StepKind::kNode, static_cast<std::int64_t>(bytes_.Below(10)) - 1}}};
        break;
      case 3:
        held.inputs_digest = Digest{};
        break;
      case 4:
        held.task = "times";
        break;
      default:
        break;
    }
    return held;
  }

  void Finish() {
    const engine::SessionId session = PickSession();
    std::uint64_t& next = next_sequence_[session.value()];
    engine::OutcomesReceived received{.session = session, .outcomes = {}};
    const std::size_t count = 1 + bytes_.Below(3);
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_wrong = bytes_.Below(32) == 1;
      received.outcomes.push_back(MakeOutcome(is_wrong ? bytes_.Number() : next++));
    }
    Tell(std::move(received));
  }

  model::Outcome MakeOutcome(std::uint64_t sequence) {
    model::Outcome outcome{.attempt = PickAttempt(),
                           .sequence = sequence,
                           .started_at = absl::InfinitePast(),
                           .finished_at = absl::InfiniteFuture(),
                           .result = model::TaskError{.message = "failed", .details = ""}};
    if (bytes_.Below(8) == 1) return outcome;
    model::Outputs outputs;
    if (bytes_.Below(8) != 1) outputs = {{"value", MakeValue()}, {"rest", MakeValue()}};
    if (bytes_.Below(8) == 1) outputs.push_back({std::string(bytes_.Pick(kPorts)), MakeValue()});
    outcome.result = std::move(outputs);
    return outcome;
  }

  graph::ValuePtr MakeValue() {
    const std::size_t choice = bytes_.Below(12);
    if (choice < Blobs().size()) {
      return std::make_shared<const graph::Value>(engine::BlobOf(Blobs()[choice]));
    }
    if (choice < 2 * Blobs().size()) return engine::Json(Blobs()[choice - Blobs().size()]);
    return engine::Json("1");
  }

  void AnswerLoad() {
    if (loads_.empty()) return;
    const Digest digest = loads_.front();
    loads_.pop_front();
    Tell(engine::ValueLoaded{digest, bytes_.Below(4) == 1
                                         ? absl::UnavailableError("the disk is gone")
                                         : BlobOf(digest)});
  }

  // Replays the records in a new engine and starts it. The new engine requests pending loads again.
  void Restart() {
    engine_ = std::make_unique<engine::Engine>(kSettings);
    loads_.clear();
    histories_.clear();
    for (const engine::Record& record : records_) {
      const absl::StatusOr<engine::Output> output = engine_->Replay(record, BlobOf);
      CHECK(output.ok());
      CHECK(output->records.empty());
    }
    Tell(engine::ControllerStart());
  }

  static absl::StatusOr<std::string> BlobOf(const Digest& digest) {
    const auto it =
        std::ranges::find(Blobs(), digest, [](const std::string& blob) { return Sha256(blob); });
    if (it == Blobs().end()) return absl::NotFoundError("there is no such blob");
    return *it;
  }

  void Tell(engine::Input input) {
    engine::Output output = engine_->Step(now_, std::move(input));
    for (engine::Record& record : output.records) records_.push_back(std::move(record));
    std::optional<engine::SessionId> admitted;
    for (const auto* effects : {&output.free, &output.gated}) {
      for (const engine::Effect& effect : *effects) {
        if (const auto* load = std::get_if<engine::LoadValue>(&effect)) {
          loads_.push_back(load->digest);
        } else if (const auto* history = std::get_if<engine::LoadHistory>(&effect)) {
          histories_.push_back(history->number);
        } else if (const auto* assigned = std::get_if<engine::AssignAttempt>(&effect)) {
          assigned_.push_back(*assigned);
        } else if (const auto* admit = std::get_if<engine::AdmitWorker>(&effect)) {
          admitted = admit->session;
        }
      }
    }
    CHECK(engine_->CheckInvariants().ok());
    (void)engine_->Workers();
    (void)engine_->WaitingFor(PickKnown(1));
    if (admitted.has_value()) Tell(engine::WorkerAdmitted{*admitted});
  }

  static Uuid PickKnown(std::uint64_t number) { return Uuid::FromInteger(number); }
  Uuid PickUuid() { return PickKnown(1 + bytes_.Below(3)); }

  // The latest are the likely ones to be open.
  engine::SessionId PickSession() {
    const std::uint64_t back = bytes_.Below(4);
    return engine::SessionId(last_session_ > back ? last_session_ - back : last_session_);
  }
  model::AttemptId PickAttempt() {
    const std::uint8_t choice = bytes_.Byte();
    if (choice < 8 || assigned_.empty()) return {choice % 4U, choice};
    const std::size_t back = choice % 16U;
    return assigned_[assigned_.size() > back ? assigned_.size() - 1 - back : 0].attempt;
  }

  ByteReader bytes_;
  std::unique_ptr<engine::Engine> engine_ = std::make_unique<engine::Engine>(kSettings);
  std::vector<engine::Record> records_;
  absl::Time now_ = kStart;
  std::uint64_t last_session_ = 0;
  std::uint64_t last_request_ = 0;
  // By session, the number of its next outcome if it keeps to the protocol.
  std::map<std::uint64_t, std::uint64_t> next_sequence_;
  std::vector<engine::AssignAttempt> assigned_;
  std::deque<Digest> loads_;
  std::deque<engine::WorkflowNumber> histories_;
};

}  // namespace

void TestOneInput(std::string_view bytes) { Outside(bytes).Run(); }

}  // namespace orrery::fuzz
