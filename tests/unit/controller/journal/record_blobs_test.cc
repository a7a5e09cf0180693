#include "controller/journal/record_blobs.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

graph::BlobRef Ref(const std::string& bytes) {
  return {.digest = Sha256(bytes), .size_bytes = bytes.size()};
}

graph::Value Blob(const std::string& bytes) { return {.content = Ref(bytes)}; }

graph::NamedValue Named(graph::Value value) {
  return {"v", std::make_shared<const graph::Value>(std::move(value))};
}

TEST(RecordBlobsTest, ConstantsFixedInputsAndInputsOfASubmissionCount) {
  graph::Graph graph;
  graph.nodes.push_back({.kind = graph::ConstNode{Blob("constant")}});
  graph.nodes.push_back({.kind = graph::ConstNode{graph::JsonValue("1")}});
  graph.fixed_inputs.emplace("f", Blob("fixed"));
  const engine::Record record{
      .at = absl::UnixEpoch(),
      .body = engine::WorkflowSubmitted{
          .submission = {.graph = std::make_shared<const graph::Graph>(graph),
                         .inputs = {Named(Blob("input"))}}}};

  EXPECT_THAT(BlobsOf(record), ElementsAre(Ref("constant"), Ref("fixed"), Ref("input")));
}

TEST(RecordBlobsTest, OutputsOfANodeCount) {
  const engine::Record record{
      .at = absl::UnixEpoch(),
      .body = engine::NodeFinished{.outputs = {Named(graph::JsonValue("1")), Named(Blob("big"))}}};

  EXPECT_THAT(BlobsOf(record), ElementsAre(Ref("big")));
}

TEST(RecordBlobsTest, OtherRecordsHaveNone) {
  EXPECT_THAT(BlobsOf({.at = absl::UnixEpoch(), .body = engine::ControllerStarted{.epoch = 1}}),
              IsEmpty());
}

}  // namespace
}  // namespace orrery::journal
