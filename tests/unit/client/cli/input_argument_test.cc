#include "client/cli/input_argument.h"

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

absl::StatusOr<std::vector<graph::NamedValue>> Read(const std::vector<std::string>& arguments,
                                                    const std::string& standard_input = "") {
  std::istringstream in(standard_input);
  std::ostringstream out;
  std::ostringstream err;
  Console console{.in = in, .out = out, .err = err};
  return ReadInputs(console, arguments);
}

using ::testing::HasSubstr;

class ReadInputsTest : public ::testing::Test {
 protected:
  ReadInputsTest() : folder_(TempDirectory::Create().value()) {}

  std::string Write(const std::string& name, std::string_view bytes) const {
    const std::string path = folder_.path() + "/" + name;
    EXPECT_TRUE(WriteFileAtomically(path, bytes, Sync::kNone).ok());
    return path;
  }

  const TempDirectory folder_;
};

TEST(ParseInputArgumentTest, FirstSeparatorDecidesTheForm) {
  EXPECT_EQ(ParseInputArgument("x=5"), (InputArgument{InputForm::kJson, "x", "5"}));
  EXPECT_EQ(ParseInputArgument("x=\"a:b\""), (InputArgument{InputForm::kJson, "x", "\"a:b\""}));
  EXPECT_EQ(ParseInputArgument("x:a=b.npy"), (InputArgument{InputForm::kPath, "x", "a=b.npy"}));
  EXPECT_EQ(ParseInputArgument("inputs.json"),
            (InputArgument{InputForm::kFile, "", "inputs.json"}));
}

TEST(ParseInputArgumentTest, WhatHasASlashBeforeTheSeparatorIsAFile) {
  EXPECT_EQ(ParseInputArgument("./a=b.json"), (InputArgument{InputForm::kFile, "", "./a=b.json"}));
  EXPECT_EQ(ParseInputArgument("/tmp/a:b.json"),
            (InputArgument{InputForm::kFile, "", "/tmp/a:b.json"}));
}

TEST_F(ReadInputsTest, FileOfInputsGivesEachPortItsValue) {
  const auto inputs = Read({Write("inputs.json", R"({"a": 1, "b": {"c": [true]}})")});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ((*inputs)[0].name, "a");
  EXPECT_EQ((*inputs)[0].value->bytes(), "1");
  EXPECT_EQ((*inputs)[1].value->bytes(), R"({"c": [true]})");
  EXPECT_EQ((*inputs)[1].value->media_type, graph::kMediaTypeJson);
}

TEST_F(ReadInputsTest, LaterArgumentReplacesTheValueOfAPort) {
  const auto inputs = Read({Write("inputs.json", R"({"a": 1, "b": 2})"), "a=3"});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ((*inputs)[0].value->bytes(), "3");
}

TEST_F(ReadInputsTest, BytesMarkerBecomesBytes) {
  const auto inputs = Read({R"(x={"__tkr_bytes__": true, "bytes": "AAEC"})"});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ(*(*inputs)[0].value, graph::BytesValue(std::string("\0\1\2", 3)));
}

TEST_F(ReadInputsTest, FilesGetTheirMediaTypeFromNameOrContent) {
  const std::string npy("\x93NUMPY\1\0", 8);

  const auto inputs = Read({"a:" + Write("a.npy", npy), "b:" + Write("b", npy),
                            "c:" + Write("c.json", "{\"d\":1}"), "e:" + Write("e.txt", "hi")});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ((*inputs)[0].value->media_type, graph::kMediaTypeNpy);
  EXPECT_EQ((*inputs)[1].value->media_type, graph::kMediaTypeNpy);
  EXPECT_EQ((*inputs)[2].value->media_type, graph::kMediaTypeJson);
  EXPECT_EQ((*inputs)[2].value->bytes(), "{\"d\": 1}");
  EXPECT_EQ(*(*inputs)[3].value, graph::BytesValue("hi"));
}

TEST_F(ReadInputsTest, MalformedJsonNamesThePortAndTheWayOut) {
  const absl::Status status = Read({"name=Ada"}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("input name: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("name='\"text\"'"));
}

TEST_F(ReadInputsTest, FileThatIsNoObjectIsRefused) {
  const absl::Status status = Read({Write("inputs.json", "[1]")}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("inputs.json contains list: expected"));
}

TEST_F(ReadInputsTest, MissingFileIsAnInvalidInput) {
  const absl::Status status = Read({"x:" + folder_.path() + "/none"}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/none"));
}

TEST_F(ReadInputsTest, StandardInputIsAFile) {
  EXPECT_EQ(Read({"x:-"}, "bytes")->front().value->bytes(), "bytes");
}

TEST_F(ReadInputsTest, ANumberBeyondAFloatIsRefused) {
  const absl::Status status = Read({"x=[1, 1e999]"}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("1e999 is too large for a float"));
  EXPECT_TRUE(Read({"x=NaN"}).ok());
}

TEST_F(ReadInputsTest, APortIsAName) {
  for (const std::string port : {"caf\xe9", "..", "a\x1b", ""}) {
    const absl::Status status = Read({port + "=1"}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << port;
  }
}

}  // namespace
}  // namespace orrery::cli
