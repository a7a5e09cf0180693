#include "graph/utf8.h"

#include <gtest/gtest.h>

namespace orrery::graph {
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

}  // namespace
}  // namespace orrery::graph
