#include "client/cli/json_output.h"

#include <limits>
#include <string>
#include <utility>

#include "base/digest.h"
#include "gmock/gmock.h"
#include "graph/json.h"
#include "gtest/gtest.h"
#include "tests/unit/client/fake_controller.h"

namespace orrery::cli {
namespace {

using client::FailedWorkflow;
using client::Named;
using client::RunningWorkflow;
using client::SucceededWorkflow;
using ::testing::StartsWith;

TEST(ValueToJsonTest, JsonAppearsAsItself) {
  EXPECT_EQ(graph::WriteJson(ValueToJson(graph::JsonValue("[0.0, {\"a\": null}]"))),
            "[0.0, {\"a\": null}]");
}

TEST(ValueToJsonTest, OtherMediaTypesAppearInBase64) {
  EXPECT_EQ(graph::WriteJson(ValueToJson(graph::BytesValue("hi"))),
            R"({"media_type": "application/octet-stream", "size": 2, "base64": "aGk="})");
}

TEST(ValueToJsonTest, WhatStandardJsonCannotExpressAppearsInBase64) {
  for (const std::string text : {"NaN", "[1.0, {\"a\": -Infinity}]", "\"\\ud800\"",
                                 "{\"\\udfff\": 1}", "{\"__tkr_complex__\": [NaN, 0.0]}"}) {
    EXPECT_THAT(JsonLine({{"v", ValueToJson(graph::JsonValue(text))}}),
                StartsWith(R"({"v": {"media_type": "application/json", "size": )"))
        << text;
  }
}

TEST(JsonLineTest, TextAndNumbersFromOutsideMakeStandardJson) {
  EXPECT_EQ(JsonLine({{"host", "caf\xe9"}, {"fraction", std::numeric_limits<double>::quiet_NaN()}}),
            "{\"host\": \"caf\\ufffd\", \"fraction\": null}\n");
}

TEST(ValueToJsonTest, BytesThatOnlyClaimToBeJsonDoNotBreakTheObject) {
  EXPECT_EQ(graph::WriteJson(ValueToJson(graph::JsonValue("{oops"))),
            R"({"media_type": "application/json", "size": 5, "base64": "e29vcHM="})");
}

TEST(ValueToJsonTest, LargeValueAppearsAsItsDigest) {
  const std::string bytes(graph::kInlineValueBytes.max + 1, 'x');
  const std::string expected = R"({"media_type": "application/x-npy", "size": 65537, "digest": ")" +
                               Sha256(bytes).ToHex() + "\"}";

  const graph::Value blob{.content = graph::BlobRef{Sha256(bytes), bytes.size()},
                          .media_type = std::string(graph::kMediaTypeNpy),
                          .type_name = ""};
  const graph::Value fetched{
      .content = bytes, .media_type = std::string(graph::kMediaTypeNpy), .type_name = ""};

  EXPECT_EQ(graph::WriteJson(ValueToJson(blob)), expected);
  EXPECT_EQ(graph::WriteJson(ValueToJson(fetched)), expected);
}

TEST(WorkflowToJsonTest, SucceededWorkflowHasItsOutputsAndNoError) {
  EXPECT_EQ(graph::WriteJson(
                WorkflowToJson(SucceededWorkflow(207, {Named("p", graph::JsonValue("0.0"))}))),
            R"({"workflow": "00000000-0000-0000-0000-0000000000cf", "name": "demo", )"
            R"("status": "succeeded", "outputs": {"p": 0.0}})");
}

TEST(WorkflowToJsonTest, FailedWorkflowHasItsError) {
  EXPECT_EQ(graph::WriteJson(WorkflowToJson(FailedWorkflow(207, "no room"))),
            R"({"workflow": "00000000-0000-0000-0000-0000000000cf", "name": "demo", )"
            R"("status": "failed", "outputs": {}, "error": {"code": "workflow_failed", )"
            R"("message": "no room", "location": "-.N2", "function": "demo.linspace", )"
            R"("details": "", "worker": "demo", "host": "ada", "attempt": "", )"
            R"("output": {"text": "", "shared": false}, "earlier_attempts": []}})");
}

TEST(WorkflowToJsonTest, DetailsAddTimesAndCounts) {
  EXPECT_EQ(graph::WriteJson(WorkflowDetailsToJson(RunningWorkflow(1))),
            R"({"workflow": "00000000-0000-0000-0000-000000000001", "name": "demo", )"
            R"("status": "running", "outputs": {}, "paused": false, )"
            R"("submitted_at": "1970-01-01T00:00:00.000Z", "settled_at": null, )"
            R"("nodes": {"ready": 1, "running": 2, "finished": 3, )"
            R"("failed": 0, "cached": 0}, "source": null, "waiting_for": [], "progress": [], )"
            R"("checkpoints_behind": false, "checkpoints_incomplete": null})");
}

}  // namespace
}  // namespace orrery::cli
