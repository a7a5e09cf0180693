#include "client/cli/command_line.h"

#include <sstream>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "client/cli/follow.h"
#include "gmock/gmock.h"
#include "graph/codec/graph_format.h"
#include "graph/datum.h"
#include "graph/graph_data.h"
#include "graph/json.h"
#include "gtest/gtest.h"
#include "tests/unit/client/fake_controller.h"

namespace orrery::cli {
namespace {

using client::FailedWorkflow;
using client::Named;
using client::RunningWorkflow;
using client::SucceededWorkflow;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kIdentity =
    R"({"nodes": [{"type": "input", "name": "x"}, {"type": "output", "inputs": {"y": [0, "x"]}}]})";
constexpr const char* kId = "00000000-0000-0000-0000-0000000000cf";

struct Result {
  int code = -1;
  std::string out;
  std::string err;
};

Result RunWords(std::vector<std::string> words, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Console console{.in = in, .out = out, .err = err};
  words.insert(words.begin(), "orrery");
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  const ExitCode code = RunCommandLine(static_cast<int>(pointers.size()), pointers.data(), console);
  return {static_cast<int>(code), out.str(), err.str()};
}

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest()
      : folder_(TempDirectory::Create().value()), graph_(Write("graph.json", kIdentity)) {}

  std::string Write(const std::string& name, std::string_view bytes) const {
    const std::string path = folder_.path() + "/" + name;
    EXPECT_TRUE(WriteFileAtomically(path, bytes, Sync::kNone).ok());
    return path;
  }

  // Runs with the fake controller as the server.
  Result Run(std::vector<std::string> words, const std::string& input = "") const {
    words.insert(words.end(), {"--server", controller_.address()});
    return RunWords(std::move(words), input);
  }

  const TempDirectory folder_;
  const std::string graph_;
  client::FakeController controller_;
};

TEST_F(CommandLineTest, RunPrintsOneJsonObjectWithTheOutputs) {
  controller_.SettleSubmissions(SucceededWorkflow(
      1, {Named("p", graph::JsonValue("0.0")), Named("a", graph::BytesValue("hi"))}));

  const Result result =
      Run({"run", "-f", graph_, "-i", "x=5", "--id", "207", "--name", "main", "-o", "json"});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, R"({"workflow": "00000000-0000-0000-0000-0000000000cf", "name": "main", )"
                        R"("status": "succeeded", "outputs": {"p": 0.0, "a": {"media_type": )"
                        R"("application/octet-stream", "size": 2, "base64": "aGk="}}})"
                        "\n");
}

TEST_F(CommandLineTest, AnOutputTooLargeToShowIsNoFailureAndSaysWhereItIs) {
  const std::uint64_t size = kShownBytes.max + 1;
  controller_.SettleSubmissions(
      SucceededWorkflow(1, {Named("p", {.content = graph::BlobRef{Sha256("p"), size},
                                        .media_type = std::string(graph::kMediaTypeJson),
                                        .type_name = ""})}));

  const Result result = Run({"run", "-f", graph_, "-i", "x=5", "--id", "207"});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("orrery output 00000000-0000-0000-0000-0000000000cf p -O FILE"));
}

TEST_F(CommandLineTest, WordsThatAreNotUtf8AreRefusedBeforeARequest) {
  const Result result = Run({"submit", "-f", graph_, "--name", "caf\xe9"});

  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("--name is \"caf\\xe9\", which is not UTF-8"));
  EXPECT_THAT(controller_.submissions(), IsEmpty());
}

TEST_F(CommandLineTest, RunSubmitsWhatTheWordsSay) {
  controller_.SettleSubmissions(SucceededWorkflow(1, {}));

  const Result result = Run({"run", "-f", "-", "-i", Write("inputs.json", R"({"x": 1, "z": 2})"),
                             "-i", "x=[5, 10]", "--id", "207", "--clean", "--wait-for-workers"},
                            kIdentity);

  EXPECT_EQ(result.code, 0) << result.err;
  ASSERT_EQ(controller_.submissions().size(), 1u);
  const client::Submission submission = controller_.submissions()[0];
  EXPECT_EQ(submission.workflow_id, kId);
  EXPECT_TRUE(submission.clean);
  EXPECT_TRUE(submission.wait_for_workers);
  ASSERT_EQ(submission.content.inputs.size(), 2u);
  EXPECT_EQ(submission.content.inputs[0].value->bytes(), "[5, 10]");
}

TEST_F(CommandLineTest, TheCacheIsUsedUnlessTheWordsSayOtherwise) {
  controller_.SettleSubmissions(SucceededWorkflow(1, {}));

  for (const std::string mode : {"use", "refresh", "off"}) {
    EXPECT_EQ(Run({"run", "-f", graph_, "--cache", mode}).code, 0);
  }
  EXPECT_EQ(Run({"submit", "-f", graph_}).code, 0);

  std::vector<client::CacheMode> modes;
  for (const auto& submission : controller_.submissions())
    modes.push_back(submission.content.cache_mode);
  EXPECT_THAT(modes, ElementsAre(client::CacheMode::kUse, client::CacheMode::kRefresh,
                                 client::CacheMode::kOff, client::CacheMode::kUse));
  const Result wrong = Run({"run", "-f", graph_, "--cache", "always"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--cache"));
}

TEST_F(CommandLineTest, MalformedDurationIsAWrongCommandLine) {
  const Result wrong = Run({"gc", "--older-than", "3x"});

  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--older-than"));
  EXPECT_THAT(wrong.err, HasSubstr("invalid duration \"3x\""));
}

TEST_F(CommandLineTest, GraphMayBeABinaryMessage) {
  controller_.SettleSubmissions(SucceededWorkflow(1, {}));
  const graph::Graph graph = graph::ParseGraphData(kIdentity).value();
  const std::string bytes = graph::WriteGraph(graph, graph::GraphFormat::kProto).value();

  EXPECT_EQ(Run({"run", "-f", Write("graph.pb", bytes)}).code, 0);
  EXPECT_EQ(Run({"submit", "-f", "-"}, bytes).code, 0);

  ASSERT_EQ(controller_.submissions().size(), 2u);
  EXPECT_EQ(*controller_.submissions()[0].content.graph, graph);
  EXPECT_EQ(*controller_.submissions()[1].content.graph, graph);
}

TEST_F(CommandLineTest, RunNamesTheWorkflowAfterItsFile) {
  controller_.SettleSubmissions(SucceededWorkflow(1, {}));

  Run({"run", "-f", graph_});

  EXPECT_EQ(controller_.submissions().at(0).content.name, "graph");
}

TEST_F(CommandLineTest, RunForPeoplePrintsOutputsAndTellsTheRestOnTheSide) {
  controller_.SettleSubmissions(SucceededWorkflow(1, {Named("y", graph::JsonValue("5"))}));

  const Result result = Run({"run", "-f", graph_, "-i", "x=5", "--id", "207"});

  EXPECT_EQ(result.out, "y = 5\n");
  EXPECT_THAT(result.err, HasSubstr("submitted"));
  EXPECT_THAT(result.err, HasSubstr("succeeded in 2s"));
}

TEST_F(CommandLineTest, FailedWorkflowIsExitOneWithItsError) {
  controller_.SettleSubmissions(FailedWorkflow(1, "no room"));

  const Result json = Run({"run", "-f", graph_, "--id", "207", "-o", "json"});
  const Result text = Run({"run", "-f", graph_});

  EXPECT_EQ(json.code, 1);
  EXPECT_THAT(json.out, HasSubstr(R"("status": "failed", "outputs": {}, "error": {"code": )"));
  EXPECT_EQ(text.code, 1);
  EXPECT_THAT(text.err, HasSubstr("failed at -.N2 (demo.linspace) on demo at ada: no room"));
}

TEST_F(CommandLineTest, JsonOutputOfAnySizeAppearsAsItself) {
  const std::string list = "[\"" + std::string(graph::kInlineValueBytes.max, 'x') + "\", 2]";
  controller_.SettleSubmissions(
      SucceededWorkflow(1, {Named("y", controller_.PutBlob(list, graph::kMediaTypeJson)),
                            Named("z", controller_.PutBlob(list, graph::kMediaTypeNpy))}));

  const Result result = Run({"run", "-f", graph_, "-o", "json"});

  EXPECT_THAT(result.out, HasSubstr(R"("outputs": {"y": ["xxxx)"));
  EXPECT_THAT(result.out, EndsWith(R"("digest": ")" + Sha256(list).ToHex() + "\"}}}\n"));
}

TEST_F(CommandLineTest, WaitThatTimesOutIsExitEightAndTheWorkflowIsRunning) {
  controller_.Put(RunningWorkflow(207));

  const Result result = Run({"wait", "207", "--timeout", "0.05", "-o", "json"});

  EXPECT_EQ(result.code, 8);
  EXPECT_THAT(result.out, StartsWith(R"({"workflow": "00000000-0000-0000-0000-0000000000cf", )"
                                     R"("name": "demo", "status": "running", "outputs": {}, )"
                                     R"("error": {"code": "deadline_exceeded")"));
  EXPECT_EQ(graph::ParseJson(result.out).status(), absl::OkStatus());
}

TEST_F(CommandLineTest, CancelledWorkflowIsExitNine) {
  controller_.Put(RunningWorkflow(207));

  const Result cancel = Run({"cancel", "207", "--reason", "late"});
  const Result wait = Run({"wait", kId});

  EXPECT_EQ(cancel.code, 0) << cancel.err;
  EXPECT_EQ(controller_.cancel_reason(), "late");
  EXPECT_EQ(wait.code, 9);
}

TEST_F(CommandLineTest, RefusalsHaveTheirCodesAndOneObject) {
  controller_.RefuseNextSubmission(absl::AlreadyExistsError("workflow 207 has finished"));
  const Result conflict = Run({"submit", "-f", graph_, "--id", "207", "-o", "json"});
  controller_.RefuseNextSubmission(absl::InvalidArgumentError("-.N1: no task\n-.N2: no port"));
  const Result invalid = Run({"submit", "-f", graph_});

  EXPECT_EQ(conflict.code, 5);
  EXPECT_EQ(conflict.out,
            "{\"error\": {\"code\": \"already_exists\", \"message\": \"workflow 207 has "
            "finished\"}}\n");
  EXPECT_EQ(invalid.code, 3);
  EXPECT_EQ(invalid.err, "orrery: -.N1: no task\n  -.N2: no port\n");
}

TEST_F(CommandLineTest, MalformedGraphAndInputsAreExitThreeWithoutASubmission) {
  EXPECT_EQ(Run({"run", "-f", Write("bad.json", "{\"nodes\": [")}).code, 3);
  EXPECT_EQ(Run({"run", "-f", folder_.path() + "/none.json"}).code, 3);
  EXPECT_EQ(Run({"run", "-f", graph_, "-i", "x={"}).code, 3);
  EXPECT_EQ(Run({"run", "-f", graph_, "-i", "x:" + folder_.path() + "/none"}).code, 3);
  EXPECT_TRUE(controller_.submissions().empty());
}

TEST_F(CommandLineTest, UnknownWorkflowOrOutputIsExitFour) {
  controller_.Put(SucceededWorkflow(1, {}));

  EXPECT_EQ(Run({"show", "9"}).code, 4);
  EXPECT_EQ(Run({"wait", "9"}).code, 4);
  EXPECT_EQ(Run({"output", "1", "none"}).code, 4);
}

TEST_F(CommandLineTest, OutputWritesTheBytesAsTheyAre) {
  const std::string bytes("\x93NUMPY\0\n\r\xff", 10);
  controller_.Put(SucceededWorkflow(1, {Named("a", graph::BytesValue(bytes))}));
  const std::string path = folder_.path() + "/a.npy";

  const Result console = Run({"output", "1", "a"});
  const Result file = Run({"output", "1", "a", "-O", path});

  EXPECT_EQ(console.out, bytes);
  EXPECT_EQ(file.code, 0) << file.err;
  EXPECT_EQ(file.out, "");
  EXPECT_EQ(ReadFile(path, 100).value(), bytes);
}

TEST_F(CommandLineTest, OutputInJsonTellsTheValueOrTheFile) {
  controller_.Put(SucceededWorkflow(1, {Named("p", graph::JsonValue("0.0"))}));

  EXPECT_THAT(Run({"output", "1", "p", "-o", "json"}).out,
              HasSubstr(R"("port": "p", "value": 0.0})"));
  EXPECT_THAT(Run({"output", "1", "p", "-o", "json", "-O", folder_.path() + "/p"}).out,
              HasSubstr(R"("media_type": "application/json", "size": 3, "digest": )"));
}

TEST_F(CommandLineTest, CorruptOutputLeavesNoFile) {
  controller_.Put(SucceededWorkflow(
      1, {Named("a", controller_.PutBlob(std::string(200'000, 'x'), graph::kMediaTypeBytes))}));
  controller_.CorruptNextBlob();
  const std::string path = folder_.path() + "/a";

  EXPECT_EQ(Run({"output", "1", "a", "-O", path}).code, 6);
  EXPECT_EQ(ReadFile(path, 100).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CommandLineTest, TraceIsPutTogetherFromItsPages) {
  std::vector<std::vector<graph::NamedValue>> iterations;
  for (int i = 0; i < 5; ++i) {
    iterations.push_back({Named("n", graph::JsonValue(std::to_string(i))),
                          Named("more", graph::JsonValue(i < 4 ? "true" : "false"))});
  }
  controller_.PutTrace("count", iterations, /*page_max=*/2);

  const Result all = Run({"trace", "207", "count"});
  const Result some = Run({"trace", "207", "count", "--offset", "1", "-n", "3", "-o", "json"});

  EXPECT_EQ(all.out,
            "0: n = 0, more = true\n1: n = 1, more = true\n2: n = 2, more = true\n"
            "3: n = 3, more = true\n4: n = 4, more = false\n");
  EXPECT_EQ(all.err, "");
  EXPECT_EQ(some.out, R"({"workflow": "00000000-0000-0000-0000-0000000000cf", "loop": "count", )"
                      R"("total": 5, "offset": 1, "iterations": [{"n": 1, "more": true}, )"
                      R"({"n": 2, "more": true}, {"n": 3, "more": true}]})"
                      "\n");
  EXPECT_EQ(Run({"trace", "207", "other"}).code, 4);
  EXPECT_EQ(Run({"trace", "207"}).code, 2);
}

TEST_F(CommandLineTest, TraceOfALoopThatHasJustBegunSaysSo) {
  controller_.PutTrace("count", {}, /*page_max=*/2);

  const Result result = Run({"trace", "207", "count"});

  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "no iteration has ended yet\n");
}

TEST_F(CommandLineTest, ListShowsTheNewestAndSaysThatThereAreMore) {
  for (int id = 1; id <= 3; ++id) controller_.Put(RunningWorkflow(id));

  const Result text = Run({"list", "-n", "2"});
  const Result json = Run({"list", "--all", "-o", "json"});

  EXPECT_THAT(text.out, HasSubstr("000000000003  running"));
  EXPECT_THAT(text.out, ::testing::Not(HasSubstr("000000000001")));
  EXPECT_THAT(text.err, HasSubstr("more workflows exist"));
  const auto object = graph::ParseJson(json.out);
  ASSERT_TRUE(object.ok()) << json.out;
  EXPECT_EQ(object->Find("workflows")->As<graph::List>()->size(), 3u);
}

TEST_F(CommandLineTest, WorkerListShowsTasks) {
  const graph::Catalog catalog{
      .worker = "demo",
      .tasks = {{.name = "linspace", .outputs = {{.name = "value", .type = {}}}}}};
  controller_.AddWorker(
      {.description = {.host = "ada",
                       .process_id = 7,
                       .slots = 4,
                       .catalog = std::make_shared<const graph::Catalog>(catalog)}});

  EXPECT_THAT(Run({"worker", "list"}).out, HasSubstr("0/4   0      linspace"));
  EXPECT_THAT(Run({"worker", "list", "-o", "json"}).out, HasSubstr(R"("tasks": ["linspace"])"));
}

TEST_F(CommandLineTest, PoolRestartWaitsForEachReplacement) {
  const auto catalog = std::make_shared<const graph::Catalog>(graph::Catalog{.worker = "demo"});
  for (const std::uint64_t instance : {1, 2}) {
    controller_.AddWorker(
        {.description = {.instance = Uuid::FromInteger(instance), .slots = 1, .catalog = catalog},
         .pool = "demo"});
  }
  controller_.ReplaceSlowly();

  const Result result = Run({"pool", "restart", "demo"});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(controller_.workers_at_drains(), ::testing::ElementsAre(2, 2));
}

TEST_F(CommandLineTest, WatchPrintsALineForEachChange) {
  controller_.Put(SucceededWorkflow(207, {Named("y", graph::JsonValue("5"))}));

  const Result result = Run({"watch", "207"});

  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "2s succeeded: 3 finished, 2 running, 1 ready\ny = 5\n");
}

TEST(CommandLineUsageTest, WrongWordsAreExitTwoInEitherFormat) {
  EXPECT_EQ(RunWords({"show", "not-an-id"}).code, 2);
  EXPECT_EQ(RunWords({"run"}).code, 2);
  EXPECT_EQ(RunWords({"list", "-o", "xml"}).code, 2);
  EXPECT_THAT(RunWords({"lits"}).err, HasSubstr("unknown command 'lits'"));

  const Result json = RunWords({"show", "not-an-id", "-o", "json"});
  EXPECT_EQ(json.code, 2);
  EXPECT_THAT(json.out, StartsWith(R"({"error": {"code": "usage", "message": )"));
}

TEST(CommandLineUsageTest, UnreachableControllerIsExitSevenWithItsAddress) {
  const Result result = RunWords({"list", "--server", "127.0.0.1:1", "-o", "json"});

  EXPECT_EQ(result.code, 7);
  EXPECT_THAT(result.out, HasSubstr("127.0.0.1:1"));
}

TEST(CommandLineUsageTest, EveryCommandHasHelpWithExamples) {
  for (const std::string command : {"run", "submit", "wait", "watch", "list", "show", "cancel",
                                    "output", "trace", "worker", "graph", "dev", "completion"}) {
    const Result result = RunWords({command, "--help"});
    EXPECT_EQ(result.code, 0) << command;
    EXPECT_THAT(result.out, HasSubstr("Examples:\n  ")) << command;
  }
  EXPECT_THAT(RunWords({"--help"}).out, HasSubstr("Exit codes:"));
}

TEST(CommandLineUsageTest, VersionIsPrinted) {
  EXPECT_THAT(RunWords({"version"}).out, StartsWith("orrery "));
  EXPECT_THAT(RunWords({"version", "-o", "json"}).out, StartsWith(R"({"version": ")"));
}

}  // namespace
}  // namespace orrery::cli
