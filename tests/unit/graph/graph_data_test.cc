#include "graph/graph_data.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "graph/json.h"
#include "nlohmann/json.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

std::string NodeDefOf(const Graph& graph, std::size_t index) {
  return WriteNodeDef(graph.nodes.at(index), ConsumersOf(graph).at(index));
}

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::filesystem::path kTierkreisCases = "tests/conformance/tierkreis";

std::string Contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

Graph Parsed(std::string_view json) {
  absl::StatusOr<Graph> graph = ParseGraphData(json);
  EXPECT_TRUE(graph.ok()) << graph.status();
  return graph.value_or(Graph());
}

std::string ErrorOf(std::string_view json) {
  const absl::StatusOr<Graph> graph = ParseGraphData(json);
  return graph.ok() ? "no error" : std::string(graph.status().message());
}

// The list comes from a Python set, so its order means nothing.
nlohmann::json WithSortedInputs(std::string_view text) {
  auto json = nlohmann::json::parse(text);
  std::sort(json.at("graph_inputs").begin(), json.at("graph_inputs").end());
  return json;
}

TEST(GraphDataTest, TierkreisGraphsAreWrittenBackAsTheyWere) {
  int case_count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kTierkreisCases)) {
    if (!entry.path().filename().string().starts_with("case_")) continue;
    SCOPED_TRACE(entry.path());
    ++case_count;
    const std::string text = Contents(entry.path());

    const std::string written = WriteGraphData(Parsed(text));

    EXPECT_EQ(WithSortedInputs(written), WithSortedInputs(text));
  }
  EXPECT_EQ(case_count, 28);
}

TEST(GraphDataTest, NodeDefsAreTheBytesThatTierkreisWrites) {
  std::ifstream lines(kTierkreisCases / "nodedefs.jsonl");
  int line_count = 0;
  for (std::string line; std::getline(lines, line); ++line_count) {
    const auto expected = nlohmann::json::parse(line);
    SCOPED_TRACE(line.substr(0, 200));
    const Graph graph = Parsed(Contents(kTierkreisCases / expected.at("case").get<std::string>()));

    EXPECT_EQ(NodeDefOf(graph, expected.at("index")), expected.at("nodedef").get<std::string>());
  }
  EXPECT_GT(line_count, 40);
}

TEST(GraphDataTest, EveryFieldIsOptional) {
  EXPECT_EQ(Parsed("{}"), Graph());
  EXPECT_EQ(Parsed(R"({"nodes": [{"type": "output"}]})"),
            (Graph{.nodes = {Node{OutputNode{}, {}}}}));
}

TEST(GraphDataTest, EveryKindOfNodeIsRead) {
  const Graph graph = Parsed(R"({"name": "all", "nodes": [
      {"type": "input", "name": "x"},
      {"type": "const", "value": [1, 2.0]},
      {"type": "function", "function_name": "a.b.c", "inputs": {"p": [0, "x"], "q": [1, "value"]}},
      {"type": "eval", "graph": [-1, "body"], "inputs": {"x": [2, "value"]}},
      {"type": "loop", "body": [1, "value"], "continue_port": "again", "name": "trace"},
      {"type": "map", "body": [1, "value"], "inputs": {"e": [0, "*"]}},
      {"type": "ifelse", "pred": [0, "x"], "if_true": [1, "value"], "if_false": [2, "value"]},
      {"type": "eifelse", "pred": [0, "x"], "if_true": [1, "value"], "if_false": [2, "value"]},
      {"type": "output", "inputs": {"out": [7, "value"]}}]})");

  EXPECT_EQ(graph.name, "all");
  EXPECT_THAT(graph.nodes,
              ElementsAre(Node{InputNode{"x"}, {}}, Node{ConstNode{JsonValue("[1, 2.0]")}, {}},
                          Node{FunctionNode{"a.b.c"}, {{"p", {0, "x"}}, {"q", {1, "value"}}}},
                          Node{EvalNode{{-1, "body"}}, {{"x", {2, "value"}}}},
                          Node{LoopNode{{1, "value"}, "again", "trace"}, {}},
                          Node{MapNode{{1, "value"}}, {{"e", {0, "*"}}}},
                          Node{IfElseNode{{0, "x"}, {1, "value"}, {2, "value"}, false}, {}},
                          Node{IfElseNode{{0, "x"}, {1, "value"}, {2, "value"}, true}, {}},
                          Node{OutputNode{}, {{"out", {7, "value"}}}}));
  EXPECT_EQ(Parsed(WriteGraphData(graph)), graph);
}

TEST(GraphDataTest, ConstantsAreStoredAsTheyWillRest) {
  const Graph graph = Parsed(R"({"nodes": [
      {"type": "const", "value": {"__tkr_bytes__": true, "bytes": "AP8="}},
      {"type": "const", "value": {"nodes": [{"type": "output"}]}},
      {"type": "const", "value": {"nodes": [1]}},
      {"type": "const", "value": "\u00e9"},
      {"type": "const", "value": null}]})");

  const auto value = [&](int i) { return std::get<ConstNode>(graph.nodes[i].kind).value; };
  EXPECT_EQ(value(0), BytesValue(std::string("\0\xff", 2)));
  EXPECT_EQ(value(1), JsonValue(R"({"nodes": [{"type": "output"}]})", "graph"));
  EXPECT_EQ(value(2), JsonValue(R"({"nodes": [1]})"));
  EXPECT_EQ(value(3), JsonValue(R"("\u00e9")"));
  EXPECT_EQ(value(4), JsonValue("null"));
  EXPECT_EQ(Parsed(WriteGraphData(graph)), graph);
}

TEST(GraphDataTest, FixedInputsSurviveARoundTrip) {
  const Graph graph =
      Parsed(R"({"fixed_inputs": {"x": 3, "b": {"__tkr_bytes__": true, "bytes": ""}}})");

  EXPECT_EQ(graph.fixed_inputs.at("x"), JsonValue("3"));
  EXPECT_EQ(graph.fixed_inputs.at("b"), BytesValue(""));
  EXPECT_EQ(Parsed(WriteGraphData(graph)), graph);
}

TEST(GraphDataTest, ConstantsThatJsonCannotSaySurviveARoundTrip) {
  const Value array{"\x93NUMPY", "application/x-npy", "numpy.ndarray"};
  const Value blob{BlobRef{Sha256("x"), 70'000}, "application/json", "str"};
  const Graph graph{.nodes = {{ConstNode{array}, {}}, {ConstNode{blob}, {}}},
                    .fixed_inputs = {{"x", array}}};

  EXPECT_EQ(Parsed(WriteGraphData(graph)), graph);
  EXPECT_THAT(NodeDefOf(graph, 1), HasSubstr("\"size_bytes\":70000"));
}

TEST(GraphDataTest, FailurePoliciesSurviveARoundTrip) {
  const Graph graph = Parsed(
      R"({"nodes": [{"type": "function", "function_name": "ada.add", "inputs": {},)"
      R"( "policy": {"attempts": 3, "backoff": 1.5, "run_timeout": 60, "queue_timeout": 7200}}]})");

  const FailurePolicy& policy = std::get<FunctionNode>(graph.nodes[0].kind).policy;
  EXPECT_EQ(policy.attempts, 3u);
  EXPECT_EQ(policy.backoff, absl::Milliseconds(1500));
  EXPECT_EQ(policy.run_timeout, absl::Minutes(1));
  EXPECT_EQ(policy.queue_timeout, absl::Hours(2));
  EXPECT_EQ(Parsed(WriteGraphData(graph)), graph);
}

TEST(GraphDataTest, PolicyOutOfRangeNamesNodeAndField) {
  const auto error_of = [](std::string_view policy) {
    return ErrorOf(R"({"nodes": [{"type": "function", "function_name": "a.b", "policy": )" +
                   std::string(policy) + "}]}");
  };
  EXPECT_THAT(error_of(R"({"attempts": 0})"), HasSubstr("from 1 to 1000"));
  EXPECT_THAT(error_of(R"({"backoff": -1})"), HasSubstr("node 0"));
  EXPECT_THAT(error_of(R"({"backoff": 4000})"), HasSubstr("at most 3600 s"));
  EXPECT_THAT(error_of(R"({"run_timeout": "1 h"})"), HasSubstr("a number of seconds"));
  EXPECT_THAT(error_of(R"({"retries": 3})"), HasSubstr("unknown field \"retries\""));
  EXPECT_THAT(error_of("3"), HasSubstr("is an object"));
}

TEST(GraphDataTest, ErrorsNameNodeFieldAndWhatWasFound) {
  EXPECT_EQ(ErrorOf("[]"), "graph: expected an object, found list");
  EXPECT_EQ(ErrorOf(R"({"nodes": 3})"), "graph: field \"nodes\": expected a list, found int");
  EXPECT_EQ(ErrorOf(R"({"nodes": [3]})"), "node 0: expected an object, found int");
  EXPECT_EQ(ErrorOf(R"({"nodes": [{}]})"), "node 0: field \"type\" is missing");
  EXPECT_THAT(ErrorOf(R"({"nodes": [{"type": "func"}]})"),
              HasSubstr("node 0 (func): unknown type \"func\"; the types are function"));
  EXPECT_EQ(ErrorOf(R"({"nodes": [{"type": "output"}, {"type": "loop", "continue_port": "c"}]})"),
            "node 1 (loop): field \"body\" is missing");
  EXPECT_EQ(ErrorOf(R"({"nodes": [{"type": "output", "inputs": {"a": [1]}}]})"),
            "node 0 (output): field \"inputs.a\": expected a reference [node index, port], "
            "found list");
  EXPECT_EQ(ErrorOf(R"({"nodes": [{"type": "output", "inputs": {"a": [-2, "x"]}}]})"),
            "node 0 (output): field \"inputs.a\": -2 is not a node index; the first node is 0, the "
            "outside is -1");
  EXPECT_EQ(ErrorOf(R"({"nodes": [{"type": "const", "value": {"__orrery_value__": {}}}]})"),
            "node 0 (const): field \"value\": __orrery_value__ needs a media_type");
  EXPECT_THAT(ErrorOf("{"), HasSubstr("line 1 column 2"));
}

}  // namespace
}  // namespace orrery::graph
