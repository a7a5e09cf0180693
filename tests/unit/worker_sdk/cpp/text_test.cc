#include "worker_sdk/cpp/text.h"

#include "graph/utf8.h"
#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(TextTest, WrongBytesBecomeReplacementCharacters) {
  EXPECT_EQ(CutToUtf8("a\xff"
                      "b\xc3",
                      100),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
  EXPECT_EQ(CutToUtf8("gr\xc3\xbc\xc3\x9f", 100), "gr\xc3\xbc\xc3\x9f");
}

TEST(TextTest, LongTextIsCutBetweenCharacters) {
  const std::string text = "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4";  // 8 bytes, 4 characters.

  EXPECT_EQ(CutToUtf8(text, 8), text);
  EXPECT_EQ(CutToUtf8(text, 7), "\xc3\xa4\xc3\xb6...");
  EXPECT_EQ(CutToUtf8(text, 6), "\xc3\xa4...");
  for (std::size_t length = 4; length < 8; ++length) {
    EXPECT_TRUE(graph::IsValidUtf8(CutToUtf8(text, length)));
    EXPECT_LE(CutToUtf8(text, length).size(), length);
  }
}

TEST(TextTest, IdentifiersAreWhatCppAndPythonCallSo) {
  EXPECT_TRUE(IsIdentifier("add_point2"));
  EXPECT_TRUE(IsIdentifier("_"));
  for (const char* text : {"", "2d", "a-b", "a.b", "a b", "\xc3\xa4"}) {
    EXPECT_FALSE(IsIdentifier(text)) << text;
  }
}

}  // namespace
}  // namespace orrery
