#include "graph/name.h"

#include <vector>

#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

TEST(NameTest, NamesAreUsableAsFileNames) {
  for (const char* name : {"a", "*", "value-*", "with space", "\xc3\xa9", "a.b", "..."}) {
    EXPECT_EQ(NameProblem(name), "") << name;
  }
  EXPECT_EQ(NameProblem(""), "is empty");
  EXPECT_EQ(NameProblem("."), "cannot be the name of a file");
  EXPECT_EQ(NameProblem(".."), "cannot be the name of a file");
  EXPECT_EQ(NameProblem("a/b"), "contains \"/\"");
  EXPECT_EQ(NameProblem(std::string_view("a\0b", 3)), "contains a NUL byte");
  EXPECT_EQ(NameProblem("\xed\xa0\x80"), "is not valid UTF-8");
  EXPECT_EQ(NameProblem("a\x1b[2J"), "has a character that cannot be shown: \"a\\x1b[2J\"");
  EXPECT_EQ(NameProblem("a\nb"), "has a character that cannot be shown: \"a\\nb\"");
  EXPECT_EQ(NameProblem("a\u202e"), "has a character that cannot be shown: \"a\\u{202e}\"");
  EXPECT_EQ(NameProblem(std::string(200, 'a')), "");
  EXPECT_EQ(NameProblem(std::string(201, 'a')),
            "has 201 bytes, at most 200 bytes are accepted; shorten it (limit name_bytes)");
}

TEST(NameTest, ClosestNameIsASlipAway) {
  const std::vector<std::string> names = {"a", "shape", "transpose"};

  EXPECT_EQ(ClosestName("shap", names), "shape");
  EXPECT_EQ(ClosestName("transopse", names), "transpose");
  EXPECT_EQ(ClosestName("b", names), "");
  EXPECT_EQ(ClosestName("linspace", names), "");
  EXPECT_EQ(ClosestName("x", {}), "");
}

}  // namespace
}  // namespace orrery::graph
