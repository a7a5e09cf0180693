#include "base/utf8.h"

#include <gtest/gtest.h>

namespace orrery {
namespace {

TEST(Utf8Test, EveryCodePointSurvivesARoundTrip) {
  for (char32_t value = 0; value <= 0x10FFFF; value += value < 0x3000 ? 1 : 13) {
    std::string text;
    AppendUtf8(text, value);

    const CodePoint code_point = DecodeUtf8(text, Surrogates::kAllowed);

    ASSERT_EQ(code_point.value, value);
    ASSERT_EQ(code_point.length, text.size());
  }
}

TEST(Utf8Test, WrongFormsAreRefused) {
  for (const char* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xc3\x28", "\xed\xa0\x80"}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
  EXPECT_TRUE(IsValidUtf8("a\xc3\xa9\xf0\x9f\x98\x80"));
  EXPECT_TRUE(IsValidUtf8(""));
}

TEST(Utf8Test, SurrogatesAreReadOnlyWhereAllowed) {
  EXPECT_EQ(DecodeUtf8("\xed\xa0\x80", Surrogates::kAllowed).value, 0xD800U);
  EXPECT_EQ(DecodeUtf8("\xed\xa0\x80", Surrogates::kRefused).length, 0U);
}

TEST(Utf8Test, WrongBytesBecomeReplacementCharacters) {
  EXPECT_EQ(ToUtf8("plain"), "plain");
  EXPECT_EQ(ToUtf8("a\xff"
                   "b\xc3"),
            "a\uFFFDb\uFFFD");
  EXPECT_EQ(ToUtf8("gr\u00fc\u00df", 100, "..."), "gr\u00fc\u00df");
}

TEST(Utf8Test, LongTextIsCutBetweenCharacters) {
  const std::string text = "\u00e4\u00f6\u00fc\u00e4";  // 8 bytes, 4 characters.

  EXPECT_EQ(ToUtf8(text, 3), "\u00e4");
  EXPECT_EQ(ToUtf8("abc", 2), "ab");
  EXPECT_EQ(ToUtf8(text, 8, "..."), text);
  EXPECT_EQ(ToUtf8(text, 7, "..."), "\u00e4\u00f6...");
  EXPECT_EQ(ToUtf8(text, 6, "..."), "\u00e4...");
  for (std::size_t length = 3; length < 8; ++length) {
    EXPECT_TRUE(IsValidUtf8(ToUtf8(text, length, "...")));
    EXPECT_LE(ToUtf8(text, length, "...").size(), length);
  }
}

}  // namespace
}  // namespace orrery
