#include "graph/codec/graph_format.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "graph/canonical.h"
#include "graph/graph_data.h"
#include "graph/limits.h"
#include "gtest/gtest.h"

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

std::string Contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(GraphFormatTest, TierkreisGraphsSurviveTheWayThereAndBack) {
  int case_count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/conformance/tierkreis")) {
    if (!entry.path().filename().string().starts_with("case_")) continue;
    SCOPED_TRACE(entry.path());
    ++case_count;
    const Graph graph = ReadGraph(Contents(entry.path()), GraphFormat::kJson).value();
    const std::string json = WriteGraph(graph, GraphFormat::kJson).value();

    const std::string proto = WriteGraph(graph, GraphFormat::kProto).value();
    const Graph read = ReadGraph(proto, GraphFormat::kProto).value();

    EXPECT_EQ(read, graph);
    EXPECT_EQ(WriteGraph(read, GraphFormat::kJson).value(), json);
    EXPECT_EQ(GraphDigest(ReadGraph(json, GraphFormat::kJson).value()), GraphDigest(graph));
    EXPECT_EQ(FormatOfBytes(json), GraphFormat::kJson);
    EXPECT_EQ(FormatOfBytes(proto), GraphFormat::kProto);
  }
  EXPECT_EQ(case_count, 28);
}

TEST(GraphFormatTest, EndingTellsTheFormat) {
  EXPECT_EQ(FormatOfPath("a/b.json"), GraphFormat::kJson);
  EXPECT_EQ(FormatOfPath("b.pb"), GraphFormat::kProto);
  EXPECT_EQ(FormatOfPath("b.binpb"), GraphFormat::kProto);
  EXPECT_EQ(FormatOfPath("graph"), std::nullopt);
}

TEST(GraphFormatTest, MessageIsToldFromJsonHoweverItBegins) {
  const Graph graph{.name = std::string('{', '{'), .nodes = {{OutputNode{}, {}}}};
  const std::string proto = WriteGraph(graph, GraphFormat::kProto).value();

  ASSERT_TRUE(proto.starts_with("\n{")) << "as JSON might";
  EXPECT_EQ(FormatOfBytes(proto), GraphFormat::kProto);
}

TEST(GraphFormatTest, WhatIsNoMessageIsRefused) {
  const absl::StatusOr<Graph> graph = ReadGraph("\x12\x7f", GraphFormat::kProto);

  EXPECT_EQ(graph.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(graph.status().message(), "these 2 bytes are no orrery.graph.v1.Graph message");
}

TEST(GraphFormatTest, GraphsOfEitherFormatHaveALimit) {
  const std::string bytes(kLimits.json_bytes.max + 1, '\n');

  for (const GraphFormat format : {GraphFormat::kJson, GraphFormat::kProto}) {
    EXPECT_EQ(ReadGraph(bytes, format).status().code(), absl::StatusCode::kResourceExhausted);
  }
}

TEST(GraphFormatTest, WhatAFormatCannotSayIsNotWritten) {
  const Graph graph{.nodes = {{InputNode{"\xed\xa0\x80"}, {}}}};

  const absl::StatusOr<std::string> bytes = WriteGraph(graph, GraphFormat::kProto);

  EXPECT_EQ(bytes.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bytes.status().message()),
              HasSubstr("the graph cannot be written as proto"));
}

}  // namespace
}  // namespace orrery::graph
