#include "graph/render/printable.h"

#include "gtest/gtest.h"

namespace orrery::graph {
namespace {

TEST(PrintableTest, CharactersThatSteerATerminalBecomeQuestionMarks) {
  EXPECT_EQ(Printable("a\x1b[31m\n\x7f", 100), "a?[31m??");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m",
                      100),
            "?31m");
}

TEST(PrintableTest, WhatIsNoUtf8OrNoCharacterBecomesAQuestionMark) {
  EXPECT_EQ(Printable("\xff\xc3", 100), "??");
  EXPECT_EQ(Printable("\xed\xa0\x80", 100), "???");
  EXPECT_EQ(Printable("\xef\xbf\xbf", 100), "?");
  EXPECT_EQ(Printable("é→\xf0\x9f\x98\x80", 100), "é→\xf0\x9f\x98\x80");
}

TEST(PrintableTest, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
  EXPECT_EQ(Printable("abcdefg", 6), "abc...");
  EXPECT_EQ(Printable("éééé", 3), "...");
  EXPECT_EQ(Printable("ééééé", 4), "é...");
}

}  // namespace
}  // namespace orrery::graph
