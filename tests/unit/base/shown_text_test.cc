#include "base/shown_text.h"

#include <string>

#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(ShownTextTest, PlainTextOfAnyScriptStays) {
  for (const std::string text : {"", "a b", "naïve café", "日本", "a\\n", "😀"}) {
    EXPECT_TRUE(IsShownAsIs(text)) << text;
    EXPECT_EQ(ShownText(text), text);
    EXPECT_EQ(ShownLines(text), text);
  }
}

TEST(ShownTextTest, WhatCommandsATerminalIsEscaped) {
  EXPECT_EQ(ShownText("a\x1b[31mb\r\x7f\x07"), "a\\x1b[31mb\\x0d\\x7f\\x07");
  EXPECT_EQ(ShownText("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(ShownText(std::string("a\0b", 3)), "a\\x00b");
}

TEST(ShownTextTest, LineBreaksCannotForgeALine) {
  EXPECT_EQ(ShownText("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(ShownText("a\u2028b"), "a\\u{2028}b");
  EXPECT_EQ(ShownLines("a\nb\tc\r", "  "), "a\n  b\tc\\x0d");
}

TEST(ShownTextTest, MarksOfDirectionAndHiddenCharactersAreEscaped) {
  EXPECT_EQ(ShownText("a\u202eb\u2066c\u200bd\ufeff"), "a\\u{202e}b\\u{2066}c\\u{200b}d\\u{feff}");
}

TEST(ShownTextTest, BytesThatAreNoUtf8AreEscaped) {
  EXPECT_EQ(ShownText("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(ShownText("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(ShownTextTest, WidthCountsColumns) {
  EXPECT_EQ(ShownWidth("abc"), 3U);
  EXPECT_EQ(ShownWidth("é"), 1U);
  EXPECT_EQ(ShownWidth("e\u0301"), 1U);
  EXPECT_EQ(ShownWidth("日本"), 4U);
}

}  // namespace
}  // namespace orrery
