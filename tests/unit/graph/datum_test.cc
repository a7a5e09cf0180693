#include "graph/datum.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(DatumTest, UnsignedIntegersBeyondInt64BecomeBigIntegers) {
  EXPECT_EQ(Datum(std::numeric_limits<std::uint64_t>::max()),
            Datum(BigInteger{"18446744073709551615"}));
  EXPECT_TRUE(Datum(std::uint64_t{5}).Is<std::int64_t>());
}

TEST(DatumTest, BoolsAndTextAreNotIntegers) {
  EXPECT_TRUE(Datum(true).Is<bool>());
  EXPECT_TRUE(Datum("text").Is<std::string>());
}

TEST(DatumTest, FindReturnsTheFieldOrNull) {
  const Datum datum = Object{{"a", 1}, {"b", "x"}};

  ASSERT_NE(datum.Find("b"), nullptr);
  EXPECT_EQ(*datum.Find("b"), Datum("x"));
  EXPECT_EQ(datum.Find("c"), nullptr);
  EXPECT_EQ(Datum(3).Find("a"), nullptr);
}

TEST(DatumTest, KindNamesAreThoseOfTheGraphLanguage) {
  EXPECT_EQ(Datum().KindName(), "none");
  EXPECT_EQ(Datum(1).KindName(), "int");
  EXPECT_EQ(Datum(BigInteger{"1"}).KindName(), "int");
  EXPECT_EQ(Datum(1.5).KindName(), "float");
  EXPECT_EQ(Datum(Bytes{}).KindName(), "bytes");
  EXPECT_EQ(Datum(List{}).KindName(), "list");
  EXPECT_EQ(Datum(Object{}).KindName(), "object");
}

}  // namespace
}  // namespace orrery::graph
