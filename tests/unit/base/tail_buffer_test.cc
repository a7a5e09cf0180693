#include "base/tail_buffer.h"

#include "gtest/gtest.h"

namespace orrery {
namespace {

TEST(TailBufferTest, KeepsTheEndOfWhatWasAppended) {
  TailBuffer tail(5);
  tail.Append("abc");
  EXPECT_EQ(tail.bytes(), "abc");
  tail.Append("de");
  EXPECT_EQ(tail.bytes(), "abcde");
  tail.Append("fg");
  EXPECT_EQ(tail.bytes(), "cdefg");
}

TEST(TailBufferTest, OfATextThatIsTooLongByItselfTheEndIsKept) {
  TailBuffer tail(5);
  tail.Append("abc");
  tail.Append("0123456789");
  EXPECT_EQ(tail.bytes(), "56789");
}

TEST(TailBufferTest, IsEmptyOnceCleared) {
  TailBuffer tail(5);
  tail.Append("abc");
  tail.Clear();
  EXPECT_EQ(tail.bytes(), "");
}

}  // namespace
}  // namespace orrery
