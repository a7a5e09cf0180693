#include "controller/rpc/session_outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::SizeIs;

constexpr runtime::SessionId kSession{1};

// A task with one input.
std::shared_ptr<const runtime::CompiledGraph> TaskGraph() {
  graph::Graph graph;
  graph.nodes.resize(3);
  graph.nodes[0].kind = graph::InputNode{"x"};
  graph.nodes[1].kind = graph::FunctionNode{"ada.double"};
  graph.nodes[1].inputs = {{"x", {0, "x"}}};
  graph.nodes[2].kind = graph::OutputNode{};
  graph.nodes[2].inputs = {{"y", {1, "value"}}};
  return *runtime::CompiledGraph::Compile(graph);
}

runtime::AssignAttempt Assignment(std::uint64_t number, std::size_t input_bytes = 0) {
  runtime::AssignAttempt assignment;
  assignment.session = kSession;
  assignment.attempt = {1, number};
  static const auto kGraph = TaskGraph();
  assignment.graph = kGraph;
  assignment.node = 1;
  assignment.inputs.push_back(
      std::make_shared<const graph::Value>(graph::BytesValue(std::string(input_bytes, 'x'))));
  return assignment;
}

runtime::CancelAttempt Cancellation(std::uint64_t number, std::string reason) {
  return {.session = kSession, .attempt = {1, number}, .reason = std::move(reason)};
}

class SessionOutboxTest : public ::testing::Test {
 protected:
  template <class T>
  T Take() {
    SessionBatch batch = outbox_.Take();
    EXPECT_TRUE(std::holds_alternative<T>(batch)) << batch.index();
    return std::get<T>(std::move(batch));
  }
  void Acknowledge(std::uint64_t sequence) {
    outbox_.Add(runtime::AcknowledgeOutcomes{.session = kSession, .sequence = sequence});
  }

  using Assignments = std::vector<runtime::AssignAttempt>;
  using Cancellations = std::vector<runtime::CancelAttempt>;

  SessionOutbox outbox_{{.attempts = {.name = "batch_attempts", .max = 4},
                         .bytes = {.name = "batch_bytes", .max = 10'000}}};
};

TEST_F(SessionOutboxTest, NeighboursOfOneKindAreOneMessage) {
  outbox_.Add(Assignment(1));
  outbox_.Add(Assignment(2));
  outbox_.Add(Cancellation(1, "late"));
  outbox_.Add(Assignment(3));

  EXPECT_THAT(Take<Assignments>(), SizeIs(2));
  EXPECT_THAT(Take<Cancellations>(), SizeIs(1));
  EXPECT_THAT(Take<Assignments>(), SizeIs(1));
  EXPECT_TRUE(outbox_.is_empty());
}

TEST_F(SessionOutboxTest, OnlyTheNewestAcknowledgementIsSaid) {
  Acknowledge(3);
  Acknowledge(7);
  Acknowledge(5);
  EXPECT_TRUE(outbox_.is_empty());
  outbox_.AcknowledgeNow();

  EXPECT_EQ(Take<runtime::AcknowledgeOutcomes>().sequence, 7u);
  EXPECT_TRUE(outbox_.is_empty());
}

TEST_F(SessionOutboxTest, AnAcknowledgementGoesWithTheNextMessage) {
  Acknowledge(1);
  for (std::uint64_t number = 1; number <= 8; ++number) outbox_.Add(Assignment(number));

  EXPECT_THAT(Take<Assignments>(), SizeIs(4));
  EXPECT_EQ(outbox_.TakeAcknowledged(), 1u);
  EXPECT_THAT(Take<Assignments>(), SizeIs(4));
  EXPECT_EQ(outbox_.TakeAcknowledged(), 0u);
  EXPECT_TRUE(outbox_.is_empty());
}

TEST_F(SessionOutboxTest, BatchEndsBeforeItExceedsItsBytes) {
  outbox_.Add(Assignment(1, 6'000));
  outbox_.Add(Assignment(2, 6'000));
  outbox_.Add(Assignment(3, 50'000));

  EXPECT_THAT(Take<Assignments>(), SizeIs(1));
  EXPECT_THAT(Take<Assignments>(), SizeIs(1));
  EXPECT_THAT(Take<Assignments>(), SizeIs(1)) << "a single one goes whatever its size";
  EXPECT_TRUE(outbox_.is_empty());
}

TEST_F(SessionOutboxTest, CancellationsOfOneMessageShareTheirReason) {
  outbox_.Add(Cancellation(1, "late"));
  outbox_.Add(Cancellation(2, "late"));
  outbox_.Add(Cancellation(3, "unwanted"));

  EXPECT_THAT(Take<Cancellations>(), SizeIs(2));
  EXPECT_EQ(Take<Cancellations>().front().reason, "unwanted");
}

TEST_F(SessionOutboxTest, WelcomeComesBeforeWhatFollowsIt) {
  outbox_.Add(runtime::WelcomeWorker{.session = kSession, .verdicts = {}});
  outbox_.Add(Assignment(1));
  outbox_.Add(Farewell{.kind = Farewell::Kind::kGoodbye, .reason = "end"});

  Take<runtime::WelcomeWorker>();
  EXPECT_THAT(Take<Assignments>(), SizeIs(1));
  EXPECT_EQ(Take<Farewell>().reason, "end");
}

}  // namespace
}  // namespace orrery::rpc
