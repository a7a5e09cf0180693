#include "controller/engine/workflow/element_list.h"

#include "tests/unit/controller/engine/sketch.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::engine {
namespace {

TEST(ElementListTest, SmallLargeAndAbsentElementsComeBackInOrder) {
  const std::string large(1000, '1');
  ElementList list;
  list.Append(Json("12"));
  list.Append(nullptr);
  list.Append(Json(large));
  list.Append(std::make_shared<const graph::Value>(graph::JsonValue("\"a\"", "str")));

  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(*list.Get(0), *Json("12"));
  EXPECT_EQ(list.Get(1), nullptr);
  EXPECT_EQ(list.Get(2)->bytes(), large);
  EXPECT_EQ(list.Get(3)->type_name, "str");
}

TEST(ElementListTest, ElementsAreSetInAnyOrderAndAbsentUntilThen) {
  ElementList list(3);

  list.Set(1, Json("1"));
  EXPECT_EQ(list.Get(0), nullptr);
  EXPECT_EQ(list.Get(2), nullptr);
  list.Set(0, Json("0"));

  EXPECT_EQ(list.Get(0)->bytes(), "0");
  EXPECT_EQ(list.Get(1)->bytes(), "1");
}

TEST(ElementListTest, MoreTypesThanCanBePackedAreKept) {
  ElementList list;
  for (int i = 0; i < 40; ++i) {
    list.Append(std::make_shared<const graph::Value>(
        graph::JsonValue(std::to_string(i), "type" + std::to_string(i))));
  }

  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(list.Get(static_cast<std::size_t>(i))->type_name, "type" + std::to_string(i));
  }
}

TEST(ElementListTest, OnlyInlineElementsCountAsLarge) {
  ElementList list;
  list.Append(std::make_shared<const graph::Value>(BlobOf(std::string(1000, '1'))));
  EXPECT_FALSE(list.has_larger_than(500));

  list.Append(Json(std::string(501, '1')));

  EXPECT_TRUE(list.has_larger_than(500));
  EXPECT_FALSE(list.has_larger_than(501));
}

}  // namespace
}  // namespace orrery::engine
