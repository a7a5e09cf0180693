#include "controller/rpc/limits.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::rpc {
namespace {

using ::testing::HasSubstr;

TEST(CheckInlineBytesTest, OnlyInlineBytesAreLimited) {
  const std::string longest(graph::kInlineValueBytes.max, 'x');
  const graph::Value blob{.content = graph::BlobRef{.size_bytes = longest.size() + 1},
                          .media_type = "text/plain"};
  const auto name = [] { return std::string("input \"a\""); };

  EXPECT_TRUE(CheckInlineBytes(graph::BytesValue(longest), name).ok());
  EXPECT_TRUE(CheckInlineBytes(blob, name).ok());
  const absl::Status status = CheckInlineBytes(graph::BytesValue(longest + "x"), name);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("input \"a\" has"));
}

}  // namespace
}  // namespace orrery::rpc
