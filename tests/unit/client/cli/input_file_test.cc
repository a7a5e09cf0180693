#include "client/cli/input_file.h"

#include <sstream>
#include <string>
#include <sys/stat.h>

#include "base/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::cli {
namespace {

using ::testing::HasSubstr;

constexpr Limit kFew{
    .name = "few_bytes", .max = 4, .unit = LimitUnit::kBytes, .of = "a", .beyond = "b"};

class ReadInputFileTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::string> Read(const std::string& path, const std::string& standard_input = "",
                                   const Limit& limit = kFew) {
    std::istringstream in(standard_input);
    std::ostringstream out;
    Console console{.in = in, .out = out, .err = out};
    return ReadInputFile(console, path, limit);
  }

  const TempDirectory folder_ = TempDirectory::Create().value();
};

TEST_F(ReadInputFileTest, ADashIsStandardInputAndBoundedToo) {
  EXPECT_EQ(Read("-", "text").value(), "text");
  EXPECT_THAT(std::string(Read("-", "texts").status().message()), HasSubstr("few_bytes"));
}

TEST_F(ReadInputFileTest, WhatIsReadIsBoundedByNamedLimits) {
  const std::string path = folder_.path() + "/caf\xe9";
  ASSERT_TRUE(WriteFileAtomically(path, "12345", Sync::kNone).ok());

  EXPECT_EQ(Read(path).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read(path, "", kGraphFileBytes).value(), "12345");
  EXPECT_EQ(Read(path, "", kInputFileBytes).value(), "12345");
}

TEST_F(ReadInputFileTest, OnlyAMissingFileIsNotFound) {
  EXPECT_EQ(Read(folder_.path() + "/none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Read(folder_.path()).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace orrery::cli
