#include "client/cli/graph/graph_commands.h"

#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "client/cli/command_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kIdentity =
    R"({"nodes": [{"type": "input", "name": "x"}, {"type": "output", "inputs": {"y": [0, "x"]}}]})";
constexpr const char* kDangling = R"({"nodes": [{"type": "output", "inputs": {"y": [7, "x"]}}]})";

struct Result {
  int code = -1;
  std::string out;
  std::string err;
};

class GraphCommandsTest : public ::testing::Test {
 protected:
  GraphCommandsTest() : folder_(TempDirectory::Create().value()) {}

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }

  std::string Write(const std::string& name, std::string_view bytes) const {
    EXPECT_TRUE(WriteFileAtomically(Path(name), bytes, Sync::kNone).ok());
    return Path(name);
  }

  // `orrery graph` with these words.
  Result Run(std::vector<std::string> words, const std::string& input = "") const {
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    Console console{.in = in, .out = out, .err = err, .has_out_color = has_color_};
    words.insert(words.begin(), {"orrery", "graph"});
    std::vector<const char*> pointers;
    for (const std::string& word : words) pointers.push_back(word.c_str());
    const ExitCode code =
        RunCommandLine(static_cast<int>(pointers.size()), pointers.data(), console);
    return {static_cast<int>(code), out.str(), err.str()};
  }

  const TempDirectory folder_;
  bool has_color_ = false;
};

TEST_F(GraphCommandsTest, ShowPrintsATreeOrNumbers) {
  const std::string path = Write("graph.json", kIdentity);

  EXPECT_EQ(Run({"show", path}).out,
            "graph: 2 nodes; inputs x; outputs y\n  0  input     x\n  1  output    y=0.x\n");
  EXPECT_EQ(Run({"show", "-", "-o", "json"}, kIdentity).out,
            R"({"name": "", "nodes": 2, "kinds": {"input": 1, "output": 1}, "tasks": {}, )"
            R"("inputs": ["x"], "fixed_inputs": [], "outputs": ["y"], "loops": [], "depth": 1})"
            "\n");
}

TEST_F(GraphCommandsTest, ShowHasColoursWhereTheyAreWelcome) {
  has_color_ = true;

  EXPECT_THAT(Run({"show", "-"}, kIdentity).out, HasSubstr("\x1b[36minput\x1b[0m"));
  EXPECT_EQ(Run({"render", "-", "--format", "text"}, kIdentity).out.find('\x1b'),
            std::string::npos);
}

TEST_F(GraphCommandsTest, CheckTellsEveryProblem) {
  const Result right = Run({"check", Write("graph.json", kIdentity)});
  const Result wrong = Run({"check", "-"}, kDangling);
  const Result json = Run({"check", "-", "-o", "json"}, kDangling);

  EXPECT_EQ(right.code, 0) << right.out;
  EXPECT_THAT(right.out, HasSubstr("graph.json: valid, 2 nodes\n"));
  EXPECT_EQ(wrong.code, 3);
  EXPECT_THAT(wrong.out, StartsWith("-.N0: node 0 (output): port \"y\": "));
  EXPECT_THAT(wrong.out, HasSubstr("\nstandard input: 1 problem\n"));
  EXPECT_EQ(json.code, 3);
  EXPECT_THAT(json.out,
              StartsWith(R"({"ok": false, "problems": [{"location": "-.N0", "port": "y")"));
}

TEST_F(GraphCommandsTest, CheckComparesTheInputs) {
  EXPECT_EQ(Run({"check", "-", "-i", "x=5"}, kIdentity).code, 0);
  EXPECT_EQ(Run({"check", "-", "-i", "x=5", "-i", "z=5"}, kIdentity).code, 3);
  EXPECT_EQ(Run({"check", "-", "-i", "x={"}, kIdentity).code, 3);
}

TEST_F(GraphCommandsTest, ConvertTakesEitherWay) {
  const std::string json = Write("graph.json", kIdentity);

  EXPECT_EQ(Run({"convert", json, Path("graph.pb")}).code, 0);
  const Result back = Run({"convert", Path("graph.pb"), "-", "--to", "json"});
  const Result again = Run({"convert", "-"}, ReadFile(Path("graph.pb"), 1000).value());

  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_THAT(back.out, HasSubstr(R"("inputs": {"y": [0, "x"]})"));
  EXPECT_EQ(again.out, back.out) << "the other format than that of the input";
}

TEST_F(GraphCommandsTest, ConvertTellsWhatItWroteInOneObject) {
  const std::string json = Write("graph.json", kIdentity);

  EXPECT_THAT(Run({"convert", json, Path("graph.pb"), "-o", "json"}).out,
              StartsWith(R"({"format": "proto", "file": ")"));
  EXPECT_THAT(Run({"convert", json, "-o", "json"}).out,
              StartsWith(R"({"format": "proto", "base64": ")"));
  EXPECT_THAT(Run({"render", json, "-o", "json"}).out,
              StartsWith(R"({"format": "dot", "text": "digraph)"));
}

TEST_F(GraphCommandsTest, RenderTakesTheFormatFromTheEnding) {
  const std::string json = Write("graph.json", kIdentity);

  EXPECT_EQ(Run({"render", json, "-O", Path("graph.txt")}).code, 0);
  EXPECT_EQ(Run({"render", json, "-O", Path("graph.gv")}).code, 0);

  EXPECT_THAT(ReadFile(Path("graph.txt"), 1000).value(), StartsWith("graph: 2 nodes"));
  EXPECT_THAT(ReadFile(Path("graph.gv"), 10000).value(), StartsWith("digraph"));
}

TEST_F(GraphCommandsTest, WhatCannotBeReadSaysWhichAndWhy) {
  for (const std::string command : {"check", "show", "render", "convert"}) {
    const Result missing = Run({command, Path("none.json")});
    EXPECT_EQ(missing.code, 4) << command;
    EXPECT_THAT(missing.err, HasSubstr("none.json: No such file"));
    const Result directory = Run({command, folder_.path()});
    EXPECT_EQ(directory.code, 3) << command;
    EXPECT_THAT(directory.err, HasSubstr("is a folder, not a file"));
    const Result malformed = Run({command, "-"}, "{\"nodes\": [");
    EXPECT_EQ(malformed.code, 3) << command;
    EXPECT_THAT(malformed.err, StartsWith("orrery: standard input: "));
    EXPECT_EQ(Run({command}).code, 2) << command;
  }
}

TEST_F(GraphCommandsTest, EveryCommandHasHelpWithExamples) {
  EXPECT_THAT(Run({"--help"}).out, HasSubstr("Examples:\n  "));
  for (const std::string command : {"check", "show", "render", "convert"}) {
    EXPECT_THAT(Run({command, "--help"}).out, HasSubstr("Examples:\n  orrery graph " + command));
  }
}

}  // namespace
}  // namespace orrery::cli
