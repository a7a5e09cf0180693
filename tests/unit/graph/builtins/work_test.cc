#include "graph/builtins/work.h"

#include "graph/builtins/builtin.h"
#include "graph/json.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orrery::graph {
namespace {

using ::testing::HasSubstr;

std::uint64_t WorkOf(std::string_view task, const std::vector<Datum>& arguments) {
  std::vector<const Datum*> given;
  for (const Datum& argument : arguments) given.push_back(&argument);
  const Builtin* builtin = FindBuiltin(task);
  EXPECT_NE(builtin, nullptr);
  return builtin->work == nullptr ? 0 : builtin->work(given);
}

Datum Big(std::size_t digits) { return BigInteger{std::string(digits, '7')}; }

TEST(WorkTest, WorkBeyondTheLimitIsRefusedWithBoth) {
  EXPECT_TRUE(CheckWork("builtins.f", kBuiltinWork.max * 1'000'000).ok());

  const absl::Status status = CheckWork("builtins.f", kBuiltinWork.max * 1'000'000 + 1);

  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(
      status.message(),
      "the time for builtins.f is 101ms, at most 100ms is accepted; let a task of a worker do it, "
      "or use less data (limit builtin_work)");
}

TEST(WorkTest, NumbersCostTheSquareOfTheirDigits) {
  EXPECT_EQ(WorkOf("iadd", {1, 2}), 0u);
  EXPECT_EQ(WorkOf("itimes", {Big(1000), 2}), IntegerWork(1000));
  EXPECT_EQ(WorkOf("sum_list", {Datum(List{Big(1000), 1, Big(1000)})}), 2 * IntegerWork(1000));
}

TEST(WorkTest, ARangeCostsItsElements) {
  EXPECT_EQ(WorkOf("tkr_range", {5, 5}), 0u);
  EXPECT_GT(WorkOf("tkr_range", {0, 2'000'000}), 2 * WorkOf("tkr_range", {0, 900'000}));
  EXPECT_TRUE(CheckWork("range", WorkOf("tkr_range", {0, 1'000'000})).ok());
  EXPECT_FALSE(CheckWork("range", WorkOf("tkr_range", {0, 6'000'000})).ok());
  EXPECT_FALSE(CheckWork("range", WorkOf("tkr_range", {0, Big(9000)})).ok());
  EXPECT_EQ(WorkOf("tkr_range", {"a", Big(9000)}), 0u) << "the call refuses it";
}

TEST(WorkTest, ASortCostsItsComparisons) {
  EXPECT_GT(WorkOf("sort_number_list", {Datum(List(1000, Datum(1)))}),
            11 * WorkOf("sort_number_list", {Datum(List(100, Datum(1)))}));
  EXPECT_EQ(WorkOf("sort_string_list", {1}), 0u);
}

}  // namespace
}  // namespace orrery::graph
