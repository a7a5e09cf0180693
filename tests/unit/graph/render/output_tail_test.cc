#include "graph/render/output_tail.h"

#include <string>

#include "gtest/gtest.h"

namespace orrery::graph {
namespace {

TEST(OutputTailTest, WhatFitsIsKeptWithoutItsLastLineEnd) {
  EXPECT_EQ(OutputTail("one\ntwo\n\n", 100), "one\ntwo");
  EXPECT_EQ(OutputTail("", 100), "");
  EXPECT_EQ(OutputTail(" \n\n", 100), "");
}

TEST(OutputTailTest, WhatIsTooLongLosesWholeLinesFromItsBeginning) {
  EXPECT_EQ(OutputTail("one\ntwo\nthree\n", 10), "two\nthree");
  EXPECT_EQ(OutputTail("one\ntwo\nthree\n", 9), "three");
  EXPECT_EQ(OutputTail("one\ntwo\nthree\n", 6), "three");
}

TEST(OutputTailTest, ALineThatIsTooLongIsCutBetweenCharacters) {
  EXPECT_EQ(OutputTail("abcdef", 4), "cdef");
  EXPECT_EQ(OutputTail("abc\ndefg\n", 4), "efg");
  // An e with an accent has two bytes.
  EXPECT_EQ(OutputTail("aéé", 3), "é");
  EXPECT_EQ(OutputTail("aéé", 4), "éé");
}

TEST(OutputTailTest, OneByteMoreThanFitsShowsThatALineIsNotWhole) {
  EXPECT_EQ(OutputTail("xne\ntwo", 6), "two");
  EXPECT_EQ(OutputTail("\nne\ntwo", 6), "ne\ntwo");
}

TEST(OutputTailTest, WhatSteersATerminalOrIsNoUtf8BecomesAQuestionMark) {
  EXPECT_EQ(OutputTail("\x1b[31mred\x7f\xff\ttab", 100), "?[31mred??\ttab");
  EXPECT_EQ(OutputTail("\xc2\x9b"
                       "31m",
                       100),
            "?31m");
}

TEST(OutputTailTest, EveryKindOfLineEndIsOne) {
  EXPECT_EQ(OutputTail("10 %\r20 %\r\ndone\r\n", 100), "10 %\n20 %\ndone");
}

}  // namespace
}  // namespace orrery::graph
