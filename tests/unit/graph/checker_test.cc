#include "graph/checker.h"

#include <fstream>
#include <iterator>
#include <set>

#include "graph/builtins/builtin.h"
#include "graph/graph_data.h"
#include "nlohmann/json.hpp"
#include "tests/unit/graph/sample_types.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kJson = "application/json";
const std::string kNpy = "application/x-npy";

// scipy_worker with the tasks of the array pipeline.
class CheckerTest : public ::testing::Test {
 protected:
  CheckerTest() {
    const Type shape = UnionOf({kInt, ListOf(kInt)});
    const PortSpec array{.name = "value", .type = kArray, .formats = {kNpy}};
    catalog_ = {.worker = "scipy_worker",
                .tasks = {{.name = "linspace",
                           .inputs = {{.name = "start", .type = kFloat, .formats = {kJson}},
                                      {.name = "stop", .type = kFloat, .formats = {kJson}},
                                      {.name = "num", .type = kInt, .is_required = false}},
                           .outputs = {array}},
                          {.name = "reshape",
                           .inputs = {{.name = "a", .type = kArray, .formats = {kNpy}},
                                      {.name = "shape", .type = shape, .formats = {kJson}}},
                           .outputs = {array}},
                          {.name = "add",
                           .inputs = {{.name = "x", .type = kInt}, {.name = "y", .type = kInt}},
                           .outputs = {{.name = "value", .type = kInt, .formats = {kJson}}}}}};
    options_.find_task = [this](std::string_view worker, std::string_view task) {
      return worker == catalog_.worker ? catalog_.Find(task) : nullptr;
    };
    options_.list_tasks = [] {
      return std::vector<std::string>{"scipy_worker.linspace", "scipy_worker.reshape"};
    };
  }

  static Node Input(std::string name) { return {InputNode{std::move(name)}, {}}; }
  static Node Const(std::string json) { return {ConstNode{JsonValue(std::move(json))}, {}}; }
  static Node GraphConst(const Graph& graph) {
    return {ConstNode{JsonValue(WriteGraphData(graph), "graph")}, {}};
  }
  static Node Task(std::string name, std::vector<NodeInput> inputs) {
    return {FunctionNode{"scipy_worker." + name}, std::move(inputs)};
  }
  static Node Output(std::vector<NodeInput> inputs) { return {OutputNode{}, std::move(inputs)}; }

  // x -> x + 1
  static Graph Increment() {
    return {.nodes = {Input("x"), Const("1"), Task("add", {{"x", {0, "x"}}, {"y", {1, "value"}}}),
                      Output({{"value", {2, "value"}}})}};
  }
  static Graph Pipeline() {
    return {.nodes = {Const("0"), Const("10"), Const("[5, 10]"),
                      Task("linspace", {{"start", {0, "value"}}, {"stop", {1, "value"}}}),
                      Task("reshape", {{"a", {3, "value"}}, {"shape", {2, "value"}}}),
                      Output({{"a", {4, "value"}}})}};
  }

  std::vector<std::string> MessagesOf(const Graph& graph) const {
    std::vector<std::string> messages;
    for (const Problem& problem : CheckGraph(graph, options_)) messages.push_back(problem.message);
    return messages;
  }

  Catalog catalog_;
  CheckOptions options_;
};

TEST_F(CheckerTest, ARightGraphHasNoProblems) {
  EXPECT_THAT(MessagesOf(Pipeline()), IsEmpty());
  EXPECT_THAT(MessagesOf(Increment()), IsEmpty());
  EXPECT_TRUE(ProblemsToStatus({}).ok());
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

const TaskSpec* FindBuiltinTask(std::string_view worker, std::string_view task) {
  return worker == kBuiltinsWorker ? BuiltinCatalog().Find(task) : nullptr;
}

TEST_F(CheckerTest, TierkreisGraphsAreRight) {
  const auto manifest = nlohmann::json::parse(ReadAll("tests/conformance/tierkreis/manifest.json"));
  ASSERT_EQ(manifest.size(), 28U);
  for (const auto& example : manifest) {
    SCOPED_TRACE(example["id"]);
    const absl::StatusOr<Graph> graph = ParseGraphData(
        ReadAll("tests/conformance/tierkreis/" + example["graph"].get<std::string>()));
    ASSERT_TRUE(graph.ok()) << graph.status();

    options_ = {.find_task = FindBuiltinTask,
                .allow_unknown_tasks = true,
                .given_inputs = InputNames(*graph)};
    EXPECT_THAT(MessagesOf(*graph), IsEmpty());

    options_ = {.find_task = FindBuiltinTask, .given_inputs = InputNames(*graph)};
    EXPECT_THAT(MessagesOf(*graph), IsEmpty());

    for (const auto& [name, json] : example["inputs_bytes_utf8"].items()) {
      options_.given_types[name] = SupplyOfValue(JsonValue(json)).value();
    }
    EXPECT_THAT(MessagesOf(*graph), IsEmpty());
  }
}

// A graph that makes a call of a golden file.
Graph GraphOf(const nlohmann::json& call) {
  const auto function = call["function"].get<std::string>();
  const TaskSpec& task = *FindBuiltinTask(kBuiltinsWorker, SplitFunctionName(function).task);
  Graph graph;
  std::vector<NodeInput> inputs;
  for (const auto& [name, text] : call["inputs"].items()) {
    const bool is_bytes = task.FindInput(name)->type.kind == TypeKind::kBytes;
    inputs.push_back({name, {static_cast<int>(graph.nodes.size()), "value"}});
    graph.nodes.push_back({ConstNode{is_bytes ? BytesValue(text) : JsonValue(text)}, {}});
  }
  graph.nodes.push_back({FunctionNode{function}, std::move(inputs)});
  graph.nodes.push_back({OutputNode{}, {}});
  return graph;
}

// But for mapped ports, and for lists that get an element of another type: Python allows that, the
// signatures do not.
TEST_F(CheckerTest, CallsThatABuiltinAcceptsAreRight) {
  const std::set<std::string, std::less<>> excepted = {
      "builtins.fold_values", "builtins.unfold_values", "builtins.append", "builtins.tkr_extend"};
  options_ = {.find_task = FindBuiltinTask};
  auto calls = nlohmann::json::parse(ReadAll("tests/golden/builtins/builtin_golden.json"));
  std::ifstream more("tests/golden/builtins/extra_golden.jsonl");
  for (std::string line; std::getline(more, line);) calls.push_back(nlohmann::json::parse(line));
  std::size_t checked = 0;
  for (const auto& call : calls) {
    if (!call.contains("outputs") || excepted.contains(call["function"].get<std::string>()))
      continue;
    SCOPED_TRACE(call.dump());
    EXPECT_THAT(MessagesOf(GraphOf(call)), IsEmpty());
    ++checked;
  }
  EXPECT_GT(checked, 100U);
}

TEST_F(CheckerTest, ElementsOfANodeThatDoesNotExistAreOneProblem) {
  const Graph graph{.name = "",
                    .nodes = {Task("add", {{"x", {99, "*"}}, {"y", {-7, "*"}}}),
                              {OutputNode{}, {{"value", {0, "value"}}}}},
                    .fixed_inputs = {}};

  const std::vector<Problem> problems = CheckGraph(graph, options_);

  ASSERT_EQ(problems.size(), 2u);
  EXPECT_THAT(problems[0].message, ::testing::HasSubstr("node 99 does not exist"));
  EXPECT_THAT(problems[1].message, ::testing::HasSubstr("node -7 does not exist"));
}

TEST_F(CheckerTest, AMissingPortIsNamedWithThoseThatExist) {
  Graph graph = Pipeline();
  graph.nodes[4].inputs[1].name = "shap";

  const std::vector<Problem> problems = CheckGraph(graph, options_);

  EXPECT_THAT(
      problems,
      ElementsAre(Problem{"-.N4", "shap",
                          "-.N4: node 4 (scipy_worker.reshape): port \"shap\" does not exist; "
                          "its ports are a, shape; did you mean \"shape\"?"},
                  Problem{"-.N4", "shape",
                          "-.N4: node 4 (scipy_worker.reshape): port \"shape\" is not wired, and "
                          "has no default"}));
  EXPECT_EQ(ProblemsToStatus(problems).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CheckerTest, AnUnknownTaskGetsASuggestion) {
  Graph graph = Pipeline();
  graph.nodes[4].kind = FunctionNode{"scipy_worker.reshap"};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N4: node 4 (scipy_worker.reshap): no worker offers this task; did you mean "
                  "scipy_worker.reshape?"));
  options_.allow_unknown_tasks = true;
  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST_F(CheckerTest, ReferencesExistAndGoBackwards) {
  Graph graph = Pipeline();
  graph.nodes[3].inputs[0].source = {5, "value"};
  graph.nodes[3].inputs[1].source = {3, "value"};
  graph.nodes[4].inputs[0].source = {9, "value"};
  graph.nodes[4].inputs[1].source = {-1, "shape"};
  graph.nodes[5].inputs[0].source = {4, "valeu"};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N3: node 3 (scipy_worker.linspace): port \"start\": node 5 does not come "
                  "before this one, so they would wait in a cycle",
                  "-.N3: node 3 (scipy_worker.linspace): port \"stop\": node 3 does not come "
                  "before this one, so they would wait in a cycle",
                  "-.N4: node 4 (scipy_worker.reshape): port \"a\": node 9 does not exist; the "
                  "graph has 6 nodes",
                  "-.N4: node 4 (scipy_worker.reshape): port \"shape\": the graph has no input "
                  "\"shape\"; it has no inputs",
                  "-.N5: node 5 (output): port \"a\": node 4 (scipy_worker.reshape) has no port "
                  "\"valeu\"; its only port is value; did you mean \"value\"?"));
}

TEST_F(CheckerTest, ThereIsExactlyOneOutput) {
  Graph graph = Increment();
  graph.nodes.push_back(Output({}));
  EXPECT_THAT(MessagesOf(graph), ElementsAre("the graph has 2 output nodes, it needs one"));

  graph.nodes.resize(3);
  EXPECT_THAT(CheckGraph(graph, options_),
              ElementsAre(Problem{"-", "", "the graph has no output node"}));
}

TEST_F(CheckerTest, OutsideReferencesAreInputsOrTheBody) {
  Graph graph = Increment();
  graph.nodes[2].inputs[0].source = {-1, "x"};
  EXPECT_THAT(MessagesOf(graph), IsEmpty());

  graph.nodes[3].inputs[0].source = {-1, "body"};
  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST_F(CheckerTest, NamesMustBeUsable) {
  Graph graph = Increment();
  graph.nodes[0].kind = InputNode{"body"};
  graph.nodes[2].kind = FunctionNode{"add"};
  graph.nodes[2].inputs.clear();
  graph.nodes[3].inputs = {{"a/b", {2, "value"}}, {"c", {2, "value"}}, {"c", {2, "value"}}};
  options_.allow_unknown_tasks = true;

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("-.N0: node 0 (input): the name \"body\" stands for the graph itself",
                          "-.N2: node 2 (add): the worker name \"\" is empty",
                          "-.N3: node 3 (output): port \"a/b\" contains \"/\"",
                          "-.N3: node 3 (output): port \"c\" is wired twice"));
}

TEST_F(CheckerTest, APortOfAnUnknownTaskIsAName) {
  Graph graph = Increment();
  graph.nodes[2].kind = FunctionNode{"later.task"};
  graph.nodes[3].inputs = {{"a", {2, "../../../etc/passwd"}}, {"b", {2, "x\x1b"}}};
  options_.allow_unknown_tasks = true;

  EXPECT_THAT(MessagesOf(graph),
              ElementsAre(testing::HasSubstr("\"../../../etc/passwd\" contains \"/\""),
                          testing::HasSubstr("has a character that cannot be shown")));
}

TEST_F(CheckerTest, InputsHaveDifferentNames) {
  Graph graph = Increment();
  graph.nodes.insert(graph.nodes.begin() + 3, Input("x"));

  EXPECT_THAT(MessagesOf(graph), ElementsAre("-.N0: node 0 (input): two inputs are called \"x\"",
                                             "-.N3: node 3 (input): two inputs are called \"x\""));
}

TEST_F(CheckerTest, GivenInputsAreThoseOfTheGraph) {
  options_.given_inputs = {{"y"}};
  EXPECT_THAT(MessagesOf(Increment()),
              ElementsAre("the graph has no input \"y\"; its only input is x",
                          "the graph needs the input \"x\", which is not given"));

  options_.given_inputs = {{"x"}};
  EXPECT_THAT(MessagesOf(Increment()), IsEmpty());
}

TEST_F(CheckerTest, FixedInputsNeedNotBeGiven) {
  Graph graph = Increment();
  graph.fixed_inputs["x"] = JsonValue("1");
  options_.given_inputs.emplace();
  EXPECT_THAT(MessagesOf(graph), IsEmpty());

  options_.given_inputs = {{"x"}};
  graph.fixed_inputs["z"] = JsonValue("1");
  EXPECT_THAT(MessagesOf(graph),
              ElementsAre("the graph fixes the input \"z\", which it does not have; its only input "
                          "is x",
                          "the graph is given the input \"x\", which it has fixed"));
}

TEST_F(CheckerTest, TypesAndFormatsFitAlongEachEdge) {
  Graph graph = Pipeline();
  graph.nodes[0] = Const("\"zero\"");
  graph.nodes[4].inputs[0].source = {2, "value"};
  graph.nodes[4].inputs[1].source = {3, "value"};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N3: node 3 (scipy_worker.linspace): port \"start\": node 0 (const) gives str, "
                  "but this port takes float",
                  "-.N4: node 4 (scipy_worker.reshape): port \"a\": node 2 (const) writes "
                  "application/json, but this port reads application/x-npy",
                  "-.N4: node 4 (scipy_worker.reshape): port \"shape\": node 3 "
                  "(scipy_worker.linspace) writes application/x-npy, but this port reads "
                  "application/json"));
}

TEST_F(CheckerTest, AConstantMustBeWhatItSays) {
  Graph graph = Increment();
  graph.nodes[1] = Const("{");

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre(HasSubstr("-.N1: node 1 (const): its value is not JSON: line 1 column 2")));
}

TEST_F(CheckerTest, NestedGraphsAreCheckedAtTheirPlace) {
  Graph inner = Increment();
  inner.nodes[2].inputs.pop_back();
  const Graph graph{.nodes = {Const("1"),
                              GraphConst(inner),
                              {EvalNode{{1, "value"}}, {{"x", {0, "value"}}}},
                              Output({{"value", {2, "value"}}})}};

  const std::vector<Problem> problems = CheckGraph(graph, options_);

  EXPECT_THAT(problems, ElementsAre(Problem{"-.N1.N2", "y",
                                            "-.N1.N2: node 2 (scipy_worker.add): port \"y\" is not "
                                            "wired, and has no default"}));
  EXPECT_EQ(ProblemsToStatus(problems).message(),
            "-.N1.N2: node 2 (scipy_worker.add): port \"y\" is not wired, and has no default");
}

TEST_F(CheckerTest, WhatIsRunMustBeAGraph) {
  const Graph graph{.nodes = {Const("3"), {EvalNode{{0, "value"}}, {}}, Output({})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre(
          "-.N0: node 0 (const): it runs as a graph, but is not a graph: graph: expected an "
          "object, found int"));
}

TEST_F(CheckerTest, AnEvalIsWiredAsItsGraphWants) {
  const Graph graph{.nodes = {Const("1"),
                              GraphConst(Increment()),
                              {EvalNode{{1, "value"}}, {{"y", {0, "value"}}}},
                              Output({{"value", {2, "result"}}})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N2: node 2 (eval): its graph has no input \"y\"; its only input is x",
                  "-.N2: node 2 (eval): its graph needs the input \"x\", which is not wired",
                  "-.N3: node 3 (output): port \"value\": node 2 (eval) has no port \"result\"; "
                  "its ports are body, value"));
}

TEST_F(CheckerTest, AnEvalForItsBodyMayLackInputs) {
  const Graph graph{.nodes = {GraphConst(Increment()),
                              {EvalNode{{0, "value"}}, {}},
                              Output({{"value", {1, "body"}}})}};

  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST_F(CheckerTest, ALoopNeedsItsContinuePort) {
  const Graph graph{.nodes = {Const("1"),
                              GraphConst(Increment()),
                              {LoopNode{{1, "value"}, "again", ""}, {{"x", {0, "value"}}}},
                              Output({{"value", {2, "value"}}})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N2: node 2 (loop): its graph has no output \"again\", the loop's continue "
                  "port; its only output is value"));
}

TEST_F(CheckerTest, AMapHasMappedInputsAndPorts) {
  Graph graph{.nodes = {Input("xs"),
                        GraphConst(Increment()),
                        {MapNode{{1, "value"}}, {{"x", {0, "xs"}}}},
                        Output({{"value", {2, "value"}}})}};

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N2: node 2 (map): none of its inputs comes from a port * or x-*, so there "
                  "is nothing to map",
                  "-.N3: node 3 (output): port \"value\": node 2 (map) has no port \"value\"; "
                  "its ports are *, value-*; did you mean \"value-*\"?"));
}

TEST_F(CheckerTest, AGraphMayRunItself) {
  Graph graph = Increment();
  graph.nodes[3] = {EvalNode{{-1, "body"}}, {{"z", {2, "value"}}}};
  graph.nodes.push_back(Output({{"value", {3, "value"}}}));

  EXPECT_THAT(
      MessagesOf(graph),
      ElementsAre("-.N3: node 3 (eval): its graph has no input \"z\"; its only input is x",
                  "-.N3: node 3 (eval): its graph needs the input \"x\", which is not wired"));
}

TEST_F(CheckerTest, ProblemsAreLimited) {
  Graph graph = Increment();
  for (int i = 0; i < 1000; ++i) graph.nodes.push_back(Task("nothing", {}));

  EXPECT_EQ(CheckGraph(graph, options_).size(), kLimits.problems.max);
}

TEST_F(CheckerTest, ALargeGraphIsCheckedInTime) {
  Graph graph;
  constexpr int kCount = 100'000;
  for (int i = 0; i < kCount; ++i) graph.nodes.push_back(Input(std::to_string(i)));
  std::vector<NodeInput> outputs;
  for (int i = 0; i < kCount; ++i) outputs.push_back({std::to_string(i), {i, std::to_string(i)}});
  graph.nodes.push_back(Output(std::move(outputs)));
  options_.given_inputs = InputNames(graph);

  EXPECT_THAT(MessagesOf(graph), IsEmpty());
}

TEST_F(CheckerTest, ABuiltinHasNoFailurePolicy) {
  options_.find_task = FindBuiltinTask;
  Graph graph;
  graph.nodes = {Const("1"),
                 {FunctionNode{"builtins.neg", {.attempts = 2}}, {{"a", {0, "value"}}}},
                 {OutputNode{}, {{"value", {1, "value"}}}}};

  const std::vector<Problem> problems = CheckGraph(graph, options_);

  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].location, "-.N1");
  EXPECT_THAT(problems[0].message, HasSubstr("a builtin has no failure policy"));
}

}  // namespace
}  // namespace orrery::graph
