#include "graph/datum_type.h"

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

std::string TypeText(const Datum& datum) { return TypeOfDatum(datum).ToString(); }

TEST(DatumTypeTest, ListsHaveTheUnionOfTheirElements) {
  EXPECT_EQ(TypeText(List{5, 10}), "list[int]");
  EXPECT_EQ(TypeText(List{5, 1.5, 6}), "list[int | float]");
  EXPECT_EQ(TypeText(List{}), "list[unknown]");
}

TEST(DatumTypeTest, ObjectsAreStructsWithoutAName) {
  EXPECT_EQ(TypeText(Object{{"a", 1}, {"b", List{"x"}}}), "{a: int, b: list[str]}");
}

TEST(DatumTypeTest, TooManyDifferentElementsAreUnknown) {
  List list;
  for (int i = 0; i < 100; ++i) list.emplace_back(Object{{"f" + std::to_string(i), i}});

  EXPECT_EQ(TypeText(list), "list[unknown]");
}

}  // namespace
}  // namespace orrery::graph
