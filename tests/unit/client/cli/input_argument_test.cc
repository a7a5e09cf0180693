#include "client/cli/input_argument.h"

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

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
  const auto inputs = ReadInputs({Write("inputs.json", R"({"a": 1, "b": {"c": [true]}})")});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ((*inputs)[0].name, "a");
  EXPECT_EQ((*inputs)[0].value->bytes(), "1");
  EXPECT_EQ((*inputs)[1].value->bytes(), R"({"c": [true]})");
  EXPECT_EQ((*inputs)[1].value->media_type, graph::kMediaTypeJson);
}

TEST_F(ReadInputsTest, LaterArgumentReplacesTheValueOfAPort) {
  const auto inputs = ReadInputs({Write("inputs.json", R"({"a": 1, "b": 2})"), "a=3"});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  ASSERT_EQ(inputs->size(), 2u);
  EXPECT_EQ((*inputs)[0].value->bytes(), "3");
}

TEST_F(ReadInputsTest, BytesMarkerBecomesBytes) {
  const auto inputs = ReadInputs({R"(x={"__tkr_bytes__": true, "bytes": "AAEC"})"});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ(*(*inputs)[0].value, graph::BytesValue(std::string("\0\1\2", 3)));
}

TEST_F(ReadInputsTest, FilesGetTheirMediaTypeFromNameOrContent) {
  const std::string npy("\x93NUMPY\1\0", 8);

  const auto inputs =
      ReadInputs({"a:" + Write("a.npy", npy), "b:" + Write("b", npy),
                  "c:" + Write("c.json", "{\"d\":1}"), "e:" + Write("e.txt", "hi")});

  ASSERT_TRUE(inputs.ok()) << inputs.status();
  EXPECT_EQ((*inputs)[0].value->media_type, graph::kMediaTypeNpy);
  EXPECT_EQ((*inputs)[1].value->media_type, graph::kMediaTypeNpy);
  EXPECT_EQ((*inputs)[2].value->media_type, graph::kMediaTypeJson);
  EXPECT_EQ((*inputs)[2].value->bytes(), "{\"d\": 1}");
  EXPECT_EQ(*(*inputs)[3].value, graph::BytesValue("hi"));
}

TEST_F(ReadInputsTest, MalformedJsonNamesThePortAndTheWayOut) {
  const absl::Status status = ReadInputs({"name=Ada"}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("input name: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("name='\"text\"'"));
}

TEST_F(ReadInputsTest, FileThatIsNoObjectIsRefused) {
  const absl::Status status = ReadInputs({Write("inputs.json", "[1]")}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("inputs.json contains list: expected"));
}

TEST_F(ReadInputsTest, MissingFileIsAnInvalidInput) {
  const absl::Status status = ReadInputs({"x:" + folder_.path() + "/none"}).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/none"));
}

}  // namespace
}  // namespace orrery::cli
