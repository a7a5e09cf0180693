#include "model/attempt_id.h"

#include <gtest/gtest.h>

namespace orrery::model {
namespace {

TEST(AttemptIdTest, TextIsParsedToTheSameId) {
  const AttemptId id{.epoch = 2, .number = 18'446'744'073'709'551'615u};

  EXPECT_EQ(id.ToString(), "2.18446744073709551615");
  EXPECT_EQ(AttemptId::Parse(id.ToString()).value(), id);
  EXPECT_EQ(id.ToStringOrEmpty(), id.ToString());
  EXPECT_EQ(AttemptId().ToStringOrEmpty(), "");
}

TEST(AttemptIdTest, OtherTextIsRefusedByName) {
  for (const char* text :
       {"", "2", "2.", ".9", "2.9.1", "2.9 ", "-2.9", "2.x", "2.18446744073709551616"}) {
    EXPECT_EQ(AttemptId::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(AttemptId::Parse("2.x").status().message(),
            "\"2.x\" is not the id of an attempt: expected epoch.number");
}

}  // namespace
}  // namespace orrery::model
