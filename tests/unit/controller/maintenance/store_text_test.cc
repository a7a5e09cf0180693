#include "controller/maintenance/store_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace orrery::maintenance {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

StoreReport Damaged() {
  return {.root = "/r",
          .records = 9,
          .epoch = 2,
          .problems = {{.record = 7, .what = "what", .advice = "do this"},
                       {.record = std::nullopt, .what = "all", .advice = "do that"}},
          .problems_left_off = 3};
}

TEST(StoreTextTest, SoundStoreEndsWithTheWord) {
  const std::string text = ToText({.root = "/r", .records = 9, .acknowledged = 8});

  EXPECT_THAT(text, HasSubstr("records: 9, acknowledged up to 8"));
  EXPECT_THAT(text, EndsWith("\nsound\n"));
}

TEST(StoreTextTest, ProblemsHaveRecordAndAdviceAndAreCounted) {
  const std::string text = ToText(Damaged());

  EXPECT_THAT(text, HasSubstr("record 7: what\n  do this\nall\n  do that\nand 3 more problems\n"));
  EXPECT_THAT(text, HasSubstr("acknowledged up to an unknown one"));
  EXPECT_THAT(text, EndsWith("damaged: 5 problems\n"));
}

TEST(StoreTextTest, JsonIsOneLineWithTheDocumentedFields) {
  EXPECT_EQ(ToJson(Damaged()),
            R"({"root": "/r", "sound": false, "format_version": 1, "records": 9, )"
            R"("acknowledged": null, "epoch": 2, "workflows": 0, "running": 0, "blobs": 0, )"
            R"("blob_bytes": 0, "digests_checked": false, "problems": [{"record": 7, )"
            R"("what": "what", "advice": "do this"}, {"record": null, "what": "all", )"
            R"("advice": "do that"}], "problems_left_off": 3})"
            "\n");
}

}  // namespace
}  // namespace orrery::maintenance
