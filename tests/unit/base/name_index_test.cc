#include "base/name_index.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace orrery {
namespace {

struct Port {
  std::string name;
  int number = 0;
};

std::vector<Port> MakePorts(int count) {
  std::vector<Port> ports;
  for (int i = 0; i < count; ++i) ports.push_back({"p" + std::to_string(i), i});
  return ports;
}

class NameIndexTest : public ::testing::TestWithParam<int> {};

TEST_P(NameIndexTest, FindsTheFirstItemOfAName) {
  std::vector<Port> ports = MakePorts(GetParam());
  ports.push_back({"p0", 999});
  const NameIndex<Port> index(ports);

  for (int i = 0; i < GetParam(); ++i) {
    ASSERT_TRUE(index.Contains("p" + std::to_string(i)));
    EXPECT_EQ(index.Find("p" + std::to_string(i))->number, i);
  }
  EXPECT_EQ(index.Find("q"), nullptr);
  EXPECT_FALSE(index.Contains(""));
}

INSTANTIATE_TEST_SUITE_P(FewAndMany, NameIndexTest, ::testing::Values(1, 7, 8, 100));

}  // namespace
}  // namespace orrery
